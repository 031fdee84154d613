"""What is known of a threat at the scene, and who may read what was reported from there.

The newest word counts: intake's when it changes or somebody says it anew, the scene's own in between.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from services.alerts.domain.assignments import HOLDS_ROLE
from shared.kernel.response_words import (
    CrowdSize,
    RetaliationTalk,
    RumoursControlled,
    SceneState,
    ServiceNeeded,
)
from shared.kernel.vocabulary import AssignmentState, SceneStatus


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


def threat_by_report(threat: bool, scene: SceneState) -> bool:
    """A tense scene is neither: what was known stays."""
    return {SceneState.CLEAR: False, SceneState.ACTIVE_THREAT: True}.get(scene, threat)


@dataclass(frozen=True)
class ThreatNews:
    """Intake keeps a threat that was reported once. `said`: what was said just now, of a threat or of its end; None: of
    neither.
    """

    before: bool
    after: bool
    said: bool | None


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
