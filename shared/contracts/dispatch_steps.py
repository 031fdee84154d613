"""Events of a dispatch as a whole: what time has done to it, and what a person at the desk has decided."""

from typing import Annotated

from shared.contracts.dispatch_event import AssignmentEvent, DispatchEvent, OfferEvent
from shared.contracts.fields import P1, Count, Flag
from shared.kernel.vocabulary import Decider, DeskReason, EscalationTarget


class DispatchEscalated(DispatchEvent):
    """Nobody has a role after the policy's time: a step of its escalation. `step` counts from 1."""

    TYPE = "truce.alerts.dispatch.escalated.v1"
    SCHEMA = 1
    step: Count
    to: Annotated[EscalationTarget, P1]


class DispatchTakenOver(DispatchEvent):
    """A person finds somebody: nobody more is asked or paged until it is handed back or staffed."""

    TYPE = "truce.alerts.dispatch.taken_over.v1"
    SCHEMA = 1
    reason: Annotated[DeskReason, P1]
    decided_as: Annotated[Decider, P1]


class DispatchHandedBack(DispatchEvent):
    """`by_clock`: nobody has said so; the policy's time for a person alone was over."""

    TYPE = "truce.alerts.dispatch.handed_back.v1"
    SCHEMA = 1
    by_clock: Flag
    reason: Annotated[DeskReason, P1] | None = None
    decided_as: Annotated[Decider, P1] | None = None


class DispatchStandDownDecided(DispatchEvent):
    """A person at the desk has ended the response; `stood_down` follows."""

    TYPE = "truce.alerts.dispatch.stand_down_decided.v1"
    SCHEMA = 1
    reason: Annotated[DeskReason, P1]
    decided_as: Annotated[Decider, P1]


class OfferExtended(OfferEvent):
    """The person asked has longer; the part holds the new times."""

    TYPE = "truce.alerts.offer.extended.v1"
    SCHEMA = 1
    reason: Annotated[DeskReason, P1]
    decided_as: Annotated[Decider, P1]


class AssignmentGivenBack(AssignmentEvent):
    """Somebody who was not there yet cannot go: the part is stood down, and the role is open again."""

    TYPE = "truce.alerts.assignment.given_back.v1"
    SCHEMA = 1


class AssignmentDelayed(AssignmentEvent):
    """Somebody has the role and is not on scene in the policy's time: the desk is paged."""

    TYPE = "truce.alerts.assignment.delayed.v1"
    SCHEMA = 1
