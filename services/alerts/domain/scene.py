"""What is known of a threat at the scene, and who may read what was reported from there.

The newest word counts: intake's when it changes or somebody says it anew, the scene's own in between. Danger is heard
from whoever has a role; that it is over only from whoever is there.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.alerts.domain.assignments import HOLDS_ROLE
from shared.kernel.response_words import (
    CrowdSize,
    RetaliationTalk,
    RumoursControlled,
    SceneState,
    ServiceNeeded,
)
from shared.kernel.vocabulary import AssignmentState, DispatchRole, SceneStatus


@dataclass(frozen=True)
class SceneReport:
    """None: not said."""

    scene: SceneState
    police_on_scene: bool | None
    crowd: CrowdSize | None
    rumours_controlled: RumoursControlled | None
    retaliation_talk: RetaliationTalk | None
    weapons_seen: bool | None
    de_escalated: bool | None
    services_needed: tuple[ServiceNeeded, ...]


def may_report(state: AssignmentState) -> bool:
    """From on the way on, and afterwards for what comes to mind; not for a role that one does not have any more."""
    return state in HOLDS_ROLE


def may_say(state: AssignmentState, scene: SceneState) -> bool:
    """Nobody who is not there yet, or has left, knows that it is clear."""
    return scene is not SceneState.CLEAR or state is AssignmentState.ON_SCENE


def is_repeat(said: Mapping[str, Any], newest: Mapping[str, Any], *, spoke_last: bool) -> bool:
    """The same words are a request sent again only while nobody else spoke of the scene since: otherwise they answer
    what was said. `newest`: the person's own newest words.
    """
    return spoke_last and said == newest


def threat_by_report(threat: bool, scene: SceneState, role: DispatchRole) -> bool:
    """A tense scene is neither: what was known stays. A clear hospital says nothing of the scene."""
    if scene is SceneState.CLEAR:
        return threat and role is not DispatchRole.SCENE
    return threat or scene is SceneState.ACTIVE_THREAT


@dataclass(frozen=True)
class ThreatNews:
    """Intake keeps a threat that was reported once. `said`: what was said just now, of a threat or of its end; None: of
    neither.
    """

    before: bool
    after: bool
    said: bool | None

    @property
    def speaks(self) -> bool:
        return self.said is not None or self.before is not self.after


def said_at_desk(scene: SceneStatus | None) -> bool | None:
    """What the desk's word says of a threat: that the police are there says nothing of one."""
    return None if scene is None else {SceneStatus.CLEAR: False, SceneStatus.ACTIVE_THREAT: True}.get(scene)


def threat_by_news(threat: bool, news: ThreatNews) -> bool:
    if news.said is not None:
        return news.said
    if news.after and not news.before:
        return True
    return threat and not (news.before and not news.after)


def may_read_report(worker: UUID | None, *, reads_all: bool, sent: Collection[UUID]) -> bool:
    """The desk, and whoever is or was sent to the same incident: it is what they walk into."""
    return reads_all or (worker is not None and worker in sent)
