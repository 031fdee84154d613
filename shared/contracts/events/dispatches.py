"""Events of `alerts.dispatches`: the response to one incident, keyed by the incident."""

from typing import Annotated

from shared.contracts.dispatch_event import AssignmentEvent, DispatchEvent, OfferEvent
from shared.contracts.dispatch_snapshot import LeftOutPart, RankedPart
from shared.contracts.dispatch_steps import (
    AssignmentDelayed,
    AssignmentGivenBack,
    DispatchEscalated,
    DispatchHandedBack,
    DispatchStandDownDecided,
    DispatchTakenOver,
    OfferExtended,
)
from shared.contracts.fields import P1, Code, Count, Instant, OpaqueId
from shared.contracts.left_out import ToldLeftOut
from shared.kernel.vocabulary import Decider, DispatchRole, OverrideReason


class DispatchOpened(DispatchEvent):
    TYPE = "truce.alerts.dispatch.opened.v1"


class DispatchRanked(DispatchEvent):
    """Who was considered for a role, in the order they would be asked, and why the others were not.

    At most the first 50 and 200 of them: events stay small, `explain` has everybody. Distances are whole kilometres.
    """

    TYPE = "truce.alerts.dispatch.ranked.v1"
    role: Annotated[DispatchRole, P1]
    policy: Code
    policy_version: Count
    ranked: tuple[RankedPart, ...]
    left_out: tuple[LeftOutPart, ...]


class DispatchStaffed(DispatchEvent):
    TYPE = "truce.alerts.dispatch.staffed.v1"


class DispatchExhausted(DispatchEvent):
    TYPE = "truce.alerts.dispatch.exhausted.v1"
    role: Annotated[DispatchRole, P1]


class DispatchReopened(DispatchEvent):
    """Somebody became eligible after everyone had been asked."""

    TYPE = "truce.alerts.dispatch.reopened.v1"


class DispatchStoodDown(DispatchEvent):
    TYPE = "truce.alerts.dispatch.stood_down.v1"


class DispatchClosed(DispatchEvent):
    TYPE = "truce.alerts.dispatch.closed.v1"


class OfferMade(OfferEvent):
    TYPE = "truce.alerts.offer.made.v1"


class OfferDelivered(OfferEvent):
    TYPE = "truce.alerts.offer.delivered.v1"


class OfferAcknowledged(OfferEvent):
    TYPE = "truce.alerts.offer.acknowledged.v1"


class OfferAccepted(OfferEvent):
    TYPE = "truce.alerts.offer.accepted.v1"


class OfferDeclined(OfferEvent):
    TYPE = "truce.alerts.offer.declined.v1"


class OfferExpired(OfferEvent):
    TYPE = "truce.alerts.offer.expired.v1"


class OfferUndeliverable(OfferEvent):
    TYPE = "truce.alerts.offer.undeliverable.v1"


class OfferTaken(OfferEvent):
    TYPE = "truce.alerts.offer.taken.v1"


class OfferWithdrawn(OfferEvent):
    TYPE = "truce.alerts.offer.withdrawn.v1"


class AssignmentEnRoute(AssignmentEvent):
    TYPE = "truce.alerts.assignment.en_route.v1"


class AssignmentOnScene(AssignmentEvent):
    TYPE = "truce.alerts.assignment.on_scene.v1"


class AssignmentCleared(AssignmentEvent):
    TYPE = "truce.alerts.assignment.cleared.v1"


class AssignmentStoodDown(AssignmentEvent):
    TYPE = "truce.alerts.assignment.stood_down.v1"


class AssignmentDecided(AssignmentEvent):
    """A person at the desk gave somebody the role by hand. `despite`: rules that held, and were set aside by name."""

    TYPE = "truce.alerts.assignment.decided.v1"
    reason: Annotated[OverrideReason, P1]
    decided_as: Annotated[Decider, P1]
    despite: tuple[Annotated[ToldLeftOut, P1], ...] = ()


class AssignmentReassigned(AssignmentEvent):
    """The role was taken from whoever had it; `successor_id` is the assignment that is there instead."""

    TYPE = "truce.alerts.assignment.reassigned.v1"
    successor_id: OpaqueId


class ResponseEvent(DispatchEvent):
    """These types are younger than the snapshot's first change, and count their own schemas."""

    SCHEMA = 1


class ResponderEvent(ResponseEvent):
    assignment_id: OpaqueId


class AssignmentCheckedIn(ResponderEvent):
    """Somebody on scene gave a sign of life; the next one is due at the assignment's `check_in_due_at`."""

    TYPE = "truce.alerts.assignment.checked_in.v1"


class AssignmentCheckInMissed(ResponderEvent):
    """Nothing was heard since before `due_at`, although they were asked: somebody must look after them."""

    TYPE = "truce.alerts.assignment.check_in_missed.v1"
    due_at: Instant


class AssignmentSceneReported(ResponderEvent):
    TYPE = "truce.alerts.assignment.scene_reported.v1"


class DispatchStagingChanged(ResponseEvent):
    """The scene became clear, or an active threat began: `dispatch.stage_only` says which."""

    TYPE = "truce.alerts.dispatch.staging_changed.v1"


class TriageHeld(ResponseEvent):
    TYPE = "truce.alerts.triage.held.v1"


class TriageWithdrawn(ResponseEvent):
    """The incident was screened out or merged: no meeting is owed."""

    TYPE = "truce.alerts.triage.withdrawn.v1"


class ResponsePlanRecorded(ResponseEvent):
    TYPE = "truce.alerts.response_plan.recorded.v1"


class ResponsePlanStepCompleted(ResponseEvent):
    TYPE = "truce.alerts.response_plan.step_completed.v1"
    step_id: OpaqueId


EVENTS: tuple[type[DispatchEvent], ...] = (
    DispatchOpened,
    DispatchRanked,
    DispatchStaffed,
    DispatchExhausted,
    DispatchReopened,
    DispatchStoodDown,
    DispatchClosed,
    OfferMade,
    OfferDelivered,
    OfferAcknowledged,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferUndeliverable,
    OfferTaken,
    OfferWithdrawn,
    AssignmentEnRoute,
    AssignmentOnScene,
    AssignmentCleared,
    AssignmentStoodDown,
    AssignmentDecided,
    AssignmentReassigned,
    AssignmentCheckedIn,
    AssignmentCheckInMissed,
    AssignmentSceneReported,
    DispatchStagingChanged,
    TriageHeld,
    TriageWithdrawn,
    ResponsePlanRecorded,
    ResponsePlanStepCompleted,
    DispatchEscalated,
    DispatchTakenOver,
    DispatchHandedBack,
    DispatchStandDownDecided,
    OfferExtended,
    AssignmentDelayed,
    AssignmentGivenBack,
)
