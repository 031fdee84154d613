"""Parts of a dispatch's snapshot that tell of the response itself: scene reports, triage, the response plan.

Codes, times and opaque ids only. What was said at a scene or a meeting is on no topic.
"""

from datetime import date
from typing import Annotated

from shared.contracts.event import Part
from shared.contracts.fields import P1, Count, Flag, Instant, OpaqueId
from shared.kernel.response_words import (
    Attendee,
    CrowdSize,
    PlanAction,
    RetaliationTalk,
    Risk,
    RumoursControlled,
    SceneState,
    ServiceNeeded,
    TriageDecision,
    TriageState,
)


class SceneReportPart(Part):
    """What somebody saw there. `number` counts the reports of one assignment.

    What is absent was not said.
    """

    number: Count
    reported_at: Instant
    scene: Annotated[SceneState, P1]
    police_on_scene: Flag | None = None
    crowd: Annotated[CrowdSize, P1] | None = None
    rumours_controlled: Annotated[RumoursControlled, P1] | None = None
    retaliation_talk: Annotated[RetaliationTalk, P1] | None = None
    weapons_seen: Flag | None = None
    de_escalated: Flag | None = None
    services_needed: tuple[Annotated[ServiceNeeded, P1], ...] = ()


class RiskPart(Part):
    """Retaliation: within days, as long as the dispute goes on, and for years."""

    immediate: Annotated[Risk, P1]
    ongoing: Annotated[Risk, P1]
    long_term: Annotated[Risk, P1]


class AttendeePart(Part):
    role: Annotated[Attendee, P1]
    worker_id: OpaqueId | None = None


class StepPart(Part):
    step_id: OpaqueId
    owner_id: OpaqueId
    action: Annotated[PlanAction, P1]
    due_on: Annotated[date, P1]
    done_at: Instant | None = None


class PlanPart(Part):
    number: Count
    recorded_at: Instant
    risk: RiskPart


class TriagePart(Part):
    """`steps`: what the meeting decided that somebody does, as the newest plan has it."""

    state: Annotated[TriageState, P1]
    due_at: Instant
    held_at: Instant | None = None
    recorded_at: Instant | None = None
    attended_by: tuple[AttendeePart, ...] = ()
    decisions: tuple[Annotated[TriageDecision, P1], ...] = ()
    risk: RiskPart | None = None
    plan: PlanPart | None = None
    steps: tuple[StepPart, ...] = ()
