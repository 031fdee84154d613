"""Events of `alerts.dispatches`: the response to one incident, keyed by the incident.

`delivered`, `acknowledged` and `accepted` are three facts with three times: a phone took the message, a person saw it,
a person has it. `first_attempt_at` is real time (when the first connection was tried); the rest is the business clock.
"""

from typing import Annotated

from shared.contracts.event import Event, Part, Snapshot
from shared.contracts.fields import P1, AreaId, Code, Count, Flag, Instant, Metres, OpaqueId
from shared.contracts.topics import DISPATCHES
from shared.kernel.vocabulary import (
    AssignmentState,
    Decider,
    DeclineReason,
    DispatchRole,
    DispatchState,
    LeftOut,
    OfferState,
    OverrideReason,
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
    assignment_id: OpaqueId
    offer_id: OpaqueId
    role: Annotated[DispatchRole, P1]
    interrupter_id: OpaqueId
    state: Annotated[AssignmentState, P1]
    accepted_at: Instant
    en_route_at: Instant | None = None
    on_scene_at: Instant | None = None
    cleared_at: Instant | None = None


class DispatchSnapshot(Snapshot):
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


class RankedPart(Part):
    interrupter_id: OpaqueId
    tier: Annotated[Tier, P1]
    distance_m: Metres


class LeftOutPart(Part):
    interrupter_id: OpaqueId
    reason: Annotated[LeftOut, P1]


class DispatchEvent(Event):
    TOPIC = DISPATCHES

    dispatch: DispatchSnapshot

    @property
    def root(self) -> str:
        return str(self.dispatch.incident_id)

    @property
    def root_version(self) -> int:
        return self.dispatch.version


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


class OfferEvent(DispatchEvent):
    offer_id: OpaqueId


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


class AssignmentEvent(DispatchEvent):
    assignment_id: OpaqueId


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
    despite: tuple[Annotated[LeftOut, P1], ...] = ()


class AssignmentReassigned(AssignmentEvent):
    """The role was taken from whoever had it; `successor_id` is the assignment that is there instead."""

    TYPE = "truce.alerts.assignment.reassigned.v1"
    successor_id: OpaqueId


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
)
