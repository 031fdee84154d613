"""Why a dispatch went as it did, from what was stored when it happened, as data and in words.

Why somebody was left out is told as far as the reader may know it.
"""

from typing import Any
from uuid import UUID

from services.alerts.domain.discretion import known_to, told
from services.alerts.domain.visibility import Viewer, Whose
from services.alerts.queries.dispatches import Dispatch
from services.alerts.queries.explain_course import ended, paged, went
from services.alerts.queries.explain_facts import Asked, Considered, DecidedByHand, Decision, Happened
from services.alerts.queries.explain_responder import missed_check_ins, scene_reports
from services.alerts.queries.explain_words import Told, in_words
from services.alerts.queries.kept_rankings import left_out_of
from services.alerts.tables import OfferRow
from shared.kernel.vocabulary import LeftOut
from shared.persistence.transaction import Row, Transaction

_RANKINGS = """
SELECT role, at, cause, step, ranked, left_out FROM rankings WHERE incident_id = :incident_id ORDER BY id
"""
_OVERRIDES = """
SELECT o.at, o.role, o.assignment_id, sent.offer_id, o.reason, o.despite, o.decided_by, o.decided_as,
       sent.interrupter_id, relieved.interrupter_id AS relieved_id
FROM overrides o JOIN assignments sent ON sent.id = o.assignment_id
    LEFT JOIN assignments relieved ON relieved.id = o.relieved_id
WHERE o.incident_id = :incident_id ORDER BY o.at, o.assignment_id
"""
_HAPPENED = """
SELECT d.at, d.action, d.reason, d.decided_by, d.decided_as, d.offer_id, i.call_sign, d.until
FROM desk_actions d LEFT JOIN offers o ON o.id = d.offer_id LEFT JOIN interrupters i ON i.id = o.interrupter_id
WHERE d.incident_id = :incident_id ORDER BY d.id
"""
_PEOPLE = "SELECT id, call_sign, organization_id FROM interrupters WHERE id = ANY(:ids)"


class Explanation(Told):
    incident_id: UUID
    policy: dict[str, Any]
    policy_name: str
    policy_version: int
    words: list[str]


async def explain(tx: Transaction, dispatch: Dispatch, viewer: Viewer) -> Explanation:
    found = await _told(tx, dispatch, viewer)
    return Explanation(
        incident_id=dispatch.incident_id,
        policy=dispatch.row.policy,
        policy_name=dispatch.row.policy_name,
        policy_version=dispatch.row.policy_version,
        words=in_words(dispatch, found),
        **{name: getattr(found, name) for name in Told.model_fields},
    )


async def _told(tx: Transaction, dispatch: Dispatch, viewer: Viewer) -> Told:
    about = dispatch.incident_id
    rows = await tx.rows(_RANKINGS, incident_id=about)
    rankings = [{**row, "left_out": left_out_of(row["left_out"])} for row in rows]
    ids = {UUID(one["interrupter_id"]) for row in rankings for one in (*row["ranked"], *row["left_out"])}
    ids |= {offer.interrupter_id for offer in dispatch.offers}
    people = await tx.rows(_PEOPLE, ids=list(ids))
    signs = {row["id"]: row["call_sign"] for row in people}
    overrides = await tx.rows(_OVERRIDES, incident_id=about)
    sent_by_hand = {row["offer_id"] for row in overrides}
    known = {row["id"]: known_to(viewer, Whose(row["id"], row["organization_id"])) for row in people}
    return Told(
        decisions=[_decision(row, signs, known) for row in rankings],
        asked=[
            _asked(offer, signs, sent_by_hand=offer.id in sent_by_hand) for offer in dispatch.offers if offer.was_asked
        ],
        decided_by_hand=[_by_hand(row, signs) for row in overrides],
        missed_check_ins=await missed_check_ins(tx, about, signs),
        happened=[Happened(**row) for row in await tx.rows(_HAPPENED, incident_id=about)],
        scene_reports=await scene_reports(tx, about, signs),
        went=await went(tx, about, signs),
        paged=await paged(tx, about),
        ended=ended(dispatch),
    )


def _decision(row: Row, signs: dict[UUID, str], known: dict[UUID, frozenset[LeftOut]]) -> Decision:
    return Decision(
        at=row["at"],
        role=row["role"],
        cause=row["cause"],
        step=row["step"],
        ranked=[_considered(one, signs) for one in row["ranked"]],
        left_out=[_left_out(one, signs, known) for one in row["left_out"]],
    )


def _considered(one: dict[str, Any], signs: dict[UUID, str]) -> Considered:
    return Considered(call_sign=signs.get(UUID(one["interrupter_id"])), **one)


def _left_out(one: dict[str, Any], signs: dict[UUID, str], known: dict[UUID, frozenset[LeftOut]]) -> Considered:
    reason = told(LeftOut(one["reason"]), known.get(UUID(one["interrupter_id"]), ()))
    return _considered(one | {"reason": reason}, signs)


def _asked(offer: OfferRow, signs: dict[UUID, str], *, sent_by_hand: bool) -> Asked:
    facts = {name: getattr(offer, name) for name in Asked.model_fields if hasattr(offer, name)}
    call_sign = signs.get(offer.interrupter_id)
    return Asked(offer_id=offer.id, call_sign=call_sign, sent_by_hand=sent_by_hand, **facts)


def _by_hand(row: Row, signs: dict[UUID, str]) -> DecidedByHand:
    """Everybody sent or relieved was asked or sent before, so that all call signs are known."""
    return DecidedByHand(
        call_sign=signs.get(row["interrupter_id"]),
        relieved_call_sign=signs.get(row["relieved_id"]) if row["relieved_id"] else None,
        **row,
    )
