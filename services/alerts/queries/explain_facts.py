"""The parts of an explanation as data."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from services.alerts.domain.discretion import ToldReason
from shared.kernel.vocabulary import (
    Decider,
    DeclineReason,
    DeskReason,
    DispatchRole,
    EscalationTarget,
    LeftOut,
    OfferState,
    OverrideReason,
    Tier,
)


class Considered(BaseModel):
    """`reason`: as far as the reader may know it; `not_available` is all that is told of the others."""

    interrupter_id: UUID
    call_sign: str | None
    tier: Tier | None = None
    distance_m: float | None = None
    reason: ToldReason | None = None
    step: int | None = None


class Decision(BaseModel):
    """One ranking: `ranked` in the order people would be asked, `left_out` with reasons; together everybody.

    `step`: how far the policy's radius was widened; of a person, in which step they are or will be asked.
    """

    at: datetime
    role: DispatchRole
    cause: str
    step: int | None
    ranked: list[Considered]
    left_out: list[Considered]


class Asked(BaseModel):
    """`sent_by_hand`: the question is settled as accepted because the desk sent this person before they answered."""

    offer_id: UUID
    interrupter_id: UUID
    call_sign: str | None
    role: DispatchRole
    state: OfferState
    made_at: datetime
    first_attempt_at: datetime | None
    delivered_at: datetime | None
    acknowledged_at: datetime | None
    settled_at: datetime | None
    decline_reason: DeclineReason | None
    sent_by_hand: bool


class DecidedByHand(BaseModel):
    """Somebody was sent, and perhaps somebody relieved, without a question. `despite`: rules set aside by name."""

    at: datetime
    role: DispatchRole
    assignment_id: UUID
    interrupter_id: UUID
    call_sign: str | None
    relieved_id: UUID | None
    relieved_call_sign: str | None
    reason: OverrideReason
    despite: list[LeftOut]
    decided_by: str
    decided_as: Decider


class Happened(BaseModel):
    """Beside asking: a step of the escalation, somebody who is not on scene in time, a decision about the whole,
    a role given back, news of the incident (it came back, it lies elsewhere, there is a threat or none any more).

    `reason`: whom the step turned to, or why it was decided. `decided_by` None: nobody has decided it here. `until`: of
    a dispatch that was open again, when it had ended.
    """

    at: datetime
    action: Literal[
        "escalate",
        "await",
        "extend",
        "take_over",
        "hand_back",
        "stand_down",
        "give_back",
        "reopen",
        "relocate",
        "threat",
        "clear",
    ]
    reason: EscalationTarget | DeskReason | None
    decided_by: str | None
    decided_as: Decider | None
    offer_id: UUID | None
    call_sign: str | None
    until: datetime | None
