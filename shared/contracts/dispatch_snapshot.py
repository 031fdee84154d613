"""What every event of a dispatch carries: the dispatch with its offers and assignments, as it stands after the change.

`delivered`, `acknowledged` and `accepted` are three facts with three times: a phone took the message, a person saw it,
a person has it. `first_attempt_at` is real time (when the first connection was tried); the rest is the business clock.
"""

from typing import Annotated

from shared.contracts.event import Part, Snapshot
from shared.contracts.fields import P1, AreaId, Count, Flag, Instant, Metres, OpaqueId
from shared.contracts.left_out import ToldLeftOut
from shared.contracts.response_parts import SceneReportPart, TriagePart
from shared.kernel.response_words import CheckInState
from shared.kernel.vocabulary import (
    AssignmentState,
    DeclineReason,
    DispatchRole,
    DispatchState,
    OfferState,
    Tier,
)


class OfferPart(Part):
    offer_id: OpaqueId
    role: Annotated[DispatchRole, P1]
    interrupter_id: OpaqueId
    tier: Annotated[Tier, P1]
    distance_m: Metres
    state: Annotated[OfferState, P1]
    made_at: Instant
    acknowledge_by: Instant
    accept_by: Instant
    first_attempt_at: Instant | None = None
    delivered_at: Instant | None = None
    acknowledged_at: Instant | None = None
    settled_at: Instant | None = None
    decline_reason: Annotated[DeclineReason, P1] | None = None


class AssignmentPart(Part):
    """`check_in_state` and `check_in_due_at` are there while somebody is on scene; `check_ins_missed` is for good."""

    assignment_id: OpaqueId
    offer_id: OpaqueId
    role: Annotated[DispatchRole, P1]
    interrupter_id: OpaqueId
    state: Annotated[AssignmentState, P1]
    accepted_at: Instant
    en_route_at: Instant | None = None
    on_scene_at: Instant | None = None
    cleared_at: Instant | None = None
    check_in_state: Annotated[CheckInState, P1] | None = None
    check_in_due_at: Instant | None = None
    last_sign_at: Instant | None = None
    check_ins_missed: Count | None = None
    scene_report: SceneReportPart | None = None


class DispatchSnapshot(Snapshot):
    """`stage_only`: an active threat, so far as is known: people go near, not in."""

    incident_id: OpaqueId
    state: Annotated[DispatchState, P1]
    community: AreaId | None = None
    activated_at: Instant
    opened_at: Instant
    closed_at: Instant | None = None
    exhausted_count: Count
    exercise: Flag
    offers: tuple[OfferPart, ...] = ()
    assignments: tuple[AssignmentPart, ...] = ()
    stage_only: Flag | None = None
    triage: TriagePart | None = None


class RankedPart(Part):
    interrupter_id: OpaqueId
    tier: Annotated[Tier, P1]
    distance_m: Metres


class LeftOutPart(Part):
    interrupter_id: OpaqueId
    reason: Annotated[ToldLeftOut, P1]
