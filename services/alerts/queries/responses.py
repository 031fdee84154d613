"""What the link in a message is about: an offer, a test or a trade of shifts to the person whose endpoint it went to, a
page to a desk, or what the message says and no more.

A link lives for a day, and no longer than its endpoint is enabled: a lost phone is disabled, and its links with it.
Judged in real time, as tokens are.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.alerts.domain.offers import answer_by
from services.alerts.domain.response import Question
from services.alerts.queries.dispatches import find_dispatch
from shared.kernel.vocabulary import AssignmentState, DispatchRole, OfferState
from shared.persistence.transaction import Row, Transaction

_FOUND = """
SELECT d.kind, d.body, d.offer_id, d.page_id, t.test_page_id, e.id AS endpoint_id, e.owner_kind, e.owner_id
FROM deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id LEFT JOIN offers o ON o.id = d.offer_id
    LEFT JOIN test_page_deliveries t ON t.delivery_id = d.id
WHERE d.id = :id AND d.created_at > clock_timestamp() - interval '1 day' AND e.enabled
  AND (t.test_page_id IS NULL OR t.interrupter_id = e.owner_id)
  AND (d.offer_id IS NULL OR (e.owner_kind = 'interrupter' AND e.owner_id = o.interrupter_id))
"""
_PAGE = """
SELECT p.id AS page_id, p.kind, p.subject, p.roles, p.state, p.settled_at, d.incident,
       d.policy ->> 'time_zone' AS time_zone
FROM pages p LEFT JOIN dispatches d ON d.incident_id = p.incident_id WHERE p.id = :id
"""
_TEST = """
SELECT p.acknowledged_at, app_now() > t.answer_by AS is_over
FROM test_page_people p JOIN test_pages t ON t.id = p.test_page_id
WHERE p.test_page_id = :test_page_id AND p.interrupter_id = :interrupter_id
"""


_TRADE = """
SELECT t.state, t.requested_by, t.lapses_at <= app_now() AS is_over, g.call_sign AS giver, k.call_sign AS taker,
       gs.starts AS giver_starts, gs.ends AS giver_ends, t.giver_day, ks.starts AS taker_starts, ks.ends AS taker_ends,
       t.taker_day, CAST(:person AS uuid) IN (t.giver_id, t.taker_id) AS is_party
FROM shift_trades t JOIN interrupters g ON g.id = t.giver_id JOIN interrupters k ON k.id = t.taker_id
    JOIN shifts gs ON gs.id = t.giver_shift LEFT JOIN shifts ks ON ks.id = t.taker_shift WHERE t.id = :id
"""
_ABOUT = """
SELECT (SELECT call_sign FROM interrupters WHERE id = CAST(:interrupter_id AS uuid)) AS call_sign,
       (SELECT body ->> 'time_zone' FROM policies ORDER BY loaded_at DESC, version DESC LIMIT 1) AS time_zone
"""


@dataclass(frozen=True)
class Linked:
    """At most one of `offer_id`, `page_id`, `test_page_id` and a trade. `said`: the message's own data."""

    kind: str
    said: dict[str, Any]
    offer_id: UUID | None
    page_id: UUID | None
    test_page_id: UUID | None
    endpoint_id: UUID
    owner_kind: str
    owner_id: UUID | None

    @property
    def trade_id(self) -> UUID | None:
        return UUID(self.said["trade_id"]) if "trade_id" in self.said else None


@dataclass(frozen=True)
class Asked:
    """`question` decides what may be done; the rest is what a person has to know for it."""

    question: Question
    role: DispatchRole
    answer_by: datetime
    settled_at: datetime | None
    assignment_id: UUID | None
    incident: dict[str, Any]
    time_zone: str


async def find_linked(tx: Transaction, delivery_id: UUID) -> Linked | None:
    """None if there is none, it was somebody else's question, it is too old, or its endpoint is disabled."""
    row = await tx.row_or_none(_FOUND, id=delivery_id)
    if row is None:
        return None
    facts = {name: value for name, value in row.items() if name != "body"}
    return Linked(said=json.loads(row["body"])["data"], **facts)


async def asked(tx: Transaction, offer_id: UUID) -> Asked:
    incident_id = (await tx.row("SELECT incident_id FROM offers WHERE id = :id", id=offer_id))["incident_id"]
    dispatch = await find_dispatch(tx, incident_id)
    assert dispatch is not None  # an offer never goes without its dispatch
    offer = next(one for one in dispatch.offers if one.id == offer_id)
    assignment = next((one for one in dispatch.assignments if one.offer_id == offer_id), None)
    wanted = dispatch.policy.roles.get(DispatchRole(offer.role), 0)
    return Asked(
        question=Question(
            offer=OfferState(offer.state),
            assignment=AssignmentState(assignment.state) if assignment else None,
            given_back=assignment is not None and assignment.given_back,
            role_is_unfilled=dispatch.stand(DispatchRole(offer.role), wanted).filled < wanted,
            dispatch_has_ended=dispatch.has_ended,
        ),
        role=DispatchRole(offer.role),
        answer_by=answer_by(OfferState(offer.state), acknowledge_by=offer.acknowledge_by, accept_by=offer.accept_by),
        settled_at=offer.settled_at,
        assignment_id=assignment.id if assignment else None,
        incident=dispatch.row.incident,
        time_zone=dispatch.row.policy["time_zone"],
    )


async def tested(tx: Transaction, test_page_id: UUID, interrupter_id: UUID | None) -> Row:
    return await tx.row(_TEST, test_page_id=test_page_id, interrupter_id=interrupter_id)


async def traded(tx: Transaction, trade_id: UUID, person: UUID | None) -> Row:
    return await tx.row(_TRADE, id=trade_id, person=person)


async def told_about(tx: Transaction, linked: Linked) -> Row:
    """Whom a message names, and the programme's clock."""
    return await tx.row(_ABOUT, interrupter_id=linked.said.get("interrupter_id"))


async def paged(tx: Transaction, page_id: UUID) -> Row:
    return await tx.row(_PAGE, id=page_id)
