"""Why a dispatch went as it did, from what was stored when it happened, as data and in words."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.alerts.queries.dispatches import Dispatch
from services.alerts.queries.explain_responder import MissedCheckIn, missed_check_ins, missed_words
from services.alerts.tables import OfferRow
from shared.kernel.vocabulary import Decider, DispatchRole, LeftOut, OfferState, OverrideReason, Tier
from shared.persistence.transaction import Row, Transaction

_RANKINGS = """
SELECT role, at, cause, step, ranked, left_out FROM rankings WHERE incident_id = :incident_id ORDER BY id
"""
_OVERRIDES = """
SELECT o.at, o.role, o.assignment_id, o.reason, o.despite, o.decided_by, o.decided_as,
       sent.interrupter_id, relieved.interrupter_id AS relieved_id
FROM overrides o JOIN assignments sent ON sent.id = o.assignment_id
    LEFT JOIN assignments relieved ON relieved.id = o.relieved_id
WHERE o.incident_id = :incident_id ORDER BY o.at, o.assignment_id
"""
_CALL_SIGNS = "SELECT id, call_sign FROM interrupters WHERE id = ANY(:ids)"
_REASONS = {
    LeftOut.INACTIVE: "is not active",
    LeftOut.WITHOUT_ROLE: "does not take this role",
    LeftOut.OFF_DUTY: "is off duty",
    LeftOut.NO_LICENCE: "has no licence to operate there",
    LeftOut.CONFLICT_OF_INTEREST: "has a conflict of interest",
    LeftOut.COMMITTED: "is committed to another incident",
    LeftOut.OFFERED: "has another offer open",
    LeftOut.ASKED_BEFORE: "was asked before",
    LeftOut.RESTING: "is resting",
    LeftOut.STALE_LOCATION: "has no recent location",
    LeftOut.OUT_OF_RADIUS: "is too far away",
    LeftOut.UNREACHABLE: "has no working endpoint",
}
_TIERS = {
    Tier.TEAM: "the community's team",
    Tier.ORGANIZATION: "the organization covering it",
    Tier.LICENSED: "licensed there",
    Tier.FLOATER: "floater",
}


class Considered(BaseModel):
    interrupter_id: UUID
    call_sign: str | None
    tier: Tier | None = None
    distance_m: float | None = None
    reason: LeftOut | None = None
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


class Explanation(BaseModel):
    incident_id: UUID
    policy: dict[str, Any]
    policy_name: str
    policy_version: int
    decisions: list[Decision]
    asked: list[Asked]
    decided_by_hand: list[DecidedByHand]
    missed_check_ins: list[MissedCheckIn]
    words: list[str]


async def explain(tx: Transaction, dispatch: Dispatch) -> Explanation:
    rankings = await tx.rows(_RANKINGS, incident_id=dispatch.incident_id)
    offers = dispatch.offers
    ids = {UUID(one["interrupter_id"]) for row in rankings for one in (*row["ranked"], *row["left_out"])}
    ids |= {offer.interrupter_id for offer in offers}
    overrides = await tx.rows(_OVERRIDES, incident_id=dispatch.incident_id)
    signs = {row["id"]: row["call_sign"] for row in await tx.rows(_CALL_SIGNS, ids=list(ids))}
    decisions = [
        Decision(
            at=row["at"],
            role=row["role"],
            cause=row["cause"],
            step=row["step"],
            ranked=[_considered(one, signs) for one in row["ranked"]],
            left_out=[_considered(one, signs) for one in row["left_out"]],
        )
        for row in rankings
    ]
    asked = [_asked(offer, signs) for offer in offers]
    by_hand = [_by_hand(row, signs) for row in overrides]
    missed = await missed_check_ins(tx, dispatch.incident_id, signs)
    return Explanation(
        incident_id=dispatch.incident_id,
        policy=dispatch.row.policy,
        policy_name=dispatch.row.policy_name,
        policy_version=dispatch.row.policy_version,
        decisions=decisions,
        asked=asked,
        decided_by_hand=by_hand,
        missed_check_ins=missed,
        words=[
            *(_decision_words(one) for one in decisions),
            *(_asked_words(one) for one in asked),
            *(_by_hand_words(one) for one in by_hand),
            *(missed_words(one) for one in missed),
        ],
    )


def _considered(one: dict[str, Any], signs: dict[UUID, str]) -> Considered:
    return Considered(call_sign=signs.get(UUID(one["interrupter_id"])), **one)


def _asked(offer: OfferRow, signs: dict[UUID, str]) -> Asked:
    facts = {name: getattr(offer, name) for name in Asked.model_fields if hasattr(offer, name)}
    return Asked(offer_id=offer.id, call_sign=signs.get(offer.interrupter_id), **facts)


def _by_hand(row: Row, signs: dict[UUID, str]) -> DecidedByHand:
    """Everybody sent or relieved was asked or sent before, so that all call signs are known."""
    return DecidedByHand(
        call_sign=signs.get(row["interrupter_id"]),
        relieved_call_sign=signs.get(row["relieved_id"]) if row["relieved_id"] else None,
        **row,
    )


def _decision_words(decision: Decision) -> str:
    able = ", ".join(
        f"{one.call_sign} ({_TIERS[one.tier]}, {(one.distance_m or 0) / 1000:.1f} km)"
        for one in decision.ranked
        if one.tier
    )
    unable = ", ".join(f"{one.call_sign} {_REASONS[one.reason]}" for one in decision.left_out if one.reason)
    return (
        f"{decision.at:%H:%M:%S} {decision.role} ({decision.cause}): could be asked, in this order: {able or 'nobody'}"
        f"; left out: {unable or 'nobody'}"
    )


def _asked_words(asked: Asked) -> str:
    ended = f"{asked.state} at {asked.settled_at:%H:%M:%S}" if asked.settled_at else f"{asked.state}"
    return f"{asked.made_at:%H:%M:%S} {asked.call_sign} was asked for {asked.role}: {ended}"


def _by_hand_words(one: DecidedByHand) -> str:
    instead = f" instead of {one.relieved_call_sign}" if one.relieved_id else ""
    despite = "".join(f", although {one.call_sign} {_REASONS[rule]}" for rule in one.despite)
    return (
        f"{one.at:%H:%M:%S} {one.call_sign} was sent as {one.role}{instead} by {one.decided_as} {one.decided_by}"
        f" ({one.reason}){despite}"
    )
