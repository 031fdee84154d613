"""What the link in a message is about: an offer or a test to the person whose endpoint it went to, or a page to a desk.

A link lives for a day, and no longer than its endpoint is enabled: a lost phone is disabled, and its links with it.
Judged in real time, as tokens are.
"""

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
SELECT d.offer_id, d.page_id, t.test_page_id, e.id AS endpoint_id, e.owner_kind, e.owner_id
FROM deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id LEFT JOIN offers o ON o.id = d.offer_id
    LEFT JOIN test_page_deliveries t ON t.delivery_id = d.id
WHERE d.id = :id AND d.created_at > clock_timestamp() - interval '1 day' AND e.enabled
  AND (d.page_id IS NOT NULL OR t.interrupter_id = e.owner_id
       OR (d.kind IN ('offer.made', 'assignment.made', 'check_in.due')
           AND e.owner_kind = 'interrupter' AND e.owner_id = o.interrupter_id))
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


@dataclass(frozen=True)
class Linked:
    """Exactly one of `offer_id`, `page_id` and `test_page_id`."""

    offer_id: UUID | None
    page_id: UUID | None
    test_page_id: UUID | None
    endpoint_id: UUID
    owner_kind: str
    owner_id: UUID | None


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
    """None if there is none, it asks nothing, it is too old, or its endpoint is disabled."""
    row = await tx.row_or_none(_FOUND, id=delivery_id)
    return None if row is None else Linked(**row)


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


async def paged(tx: Transaction, page_id: UUID) -> Row:
    return await tx.row(_PAGE, id=page_id)
