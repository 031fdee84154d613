"""A dispatch with its parts: as the snapshot its events carry, and the rows the decisions look at."""

from uuid import UUID

from sqlmodel import select

from services.alerts.domain.offers import RoleStand
from services.alerts.tables import AssignmentRow, DispatchRow, OfferRow
from shared.contracts.event import Event
from shared.contracts.events.dispatches import AssignmentPart, DispatchSnapshot, OfferPart
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import DispatchRole
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

_STAND = """
SELECT
  (SELECT count(*) FROM assignments WHERE incident_id = :incident_id AND role = :role
     AND state IN ('accepted', 'en_route', 'on_scene', 'cleared')) AS filled,
  (SELECT count(*) FROM offers WHERE incident_id = :incident_id AND role = :role
     AND state IN ('open', 'acknowledged') AND bypassed_at IS NULL) AS live,
  (SELECT count(*) FROM offers WHERE incident_id = :incident_id AND role = :role
     AND state IN ('open', 'acknowledged')) AS pending
"""


async def lock_dispatch(tx: Transaction, incident_id: UUID) -> DispatchRow:
    """Every change of a dispatch, its offers or assignments begins with this lock."""
    row = await tx.get(DispatchRow, incident_id, lock=True)
    if row is None:
        raise NotFound("no dispatch for this incident")
    return row


async def lock_offer(tx: Transaction, offer_id: UUID) -> tuple[DispatchRow, OfferRow]:
    found = await tx.row_or_none("SELECT incident_id FROM offers WHERE id = :id", id=offer_id)
    if found is None:
        raise NotFound("no such offer")
    dispatch = await lock_dispatch(tx, found["incident_id"])
    offer = await tx.get(OfferRow, offer_id, lock=True)
    assert offer is not None
    return dispatch, offer


async def lock_assignment(tx: Transaction, assignment_id: UUID) -> tuple[DispatchRow, AssignmentRow]:
    found = await tx.row_or_none("SELECT incident_id FROM assignments WHERE id = :id", id=assignment_id)
    if found is None:
        raise NotFound("no such assignment")
    dispatch = await lock_dispatch(tx, found["incident_id"])
    assignment = await tx.get(AssignmentRow, assignment_id, lock=True)
    assert assignment is not None
    return dispatch, assignment


async def offers_of(tx: Transaction, incident_id: UUID) -> list[OfferRow]:
    wanted = select(OfferRow).where(OfferRow.incident_id == incident_id)
    return sorted(await tx.all(wanted), key=lambda offer: (offer.made_at, offer.id))


async def assignments_of(tx: Transaction, incident_id: UUID) -> list[AssignmentRow]:
    wanted = select(AssignmentRow).where(AssignmentRow.incident_id == incident_id)
    return sorted(await tx.all(wanted), key=lambda assignment: (assignment.accepted_at, assignment.id))


async def role_stand(tx: Transaction, incident_id: UUID, role: DispatchRole, wanted: int) -> tuple[RoleStand, int]:
    """How the role stands, and how many offers are pending in all, those that were bypassed included."""
    row = await tx.row(_STAND, incident_id=incident_id, role=role.value)
    return RoleStand(wanted, row["filled"], row["live"]), row["pending"]


async def snapshot(tx: Transaction, row: DispatchRow) -> DispatchSnapshot:
    return DispatchSnapshot(
        version=row.version,
        incident_id=row.incident_id,
        state=row.state,
        community=row.community,
        activated_at=row.activated_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        exhausted_count=row.exhausted_count,
        exercise=row.incident["exercise"],
        offers=tuple(_offer(offer) for offer in await offers_of(tx, row.incident_id)),
        assignments=tuple(_assignment(one) for one in await assignments_of(tx, row.incident_id)),
    )


async def record(tx: Transaction, row: DispatchRow, kind: type[Event], **change: object) -> None:
    """Takes the next version and publishes. The row is locked and holds the state after the change."""
    row.version += 1
    await publish(tx, kind(at=await tx.now(), dispatch=await snapshot(tx, row), **change))


def _offer(row: OfferRow) -> OfferPart:
    return OfferPart(
        offer_id=row.id,
        role=row.role,
        interrupter_id=row.interrupter_id,
        tier=row.tier,
        distance_m=row.distance_m,
        state=row.state,
        made_at=row.made_at,
        acknowledge_by=row.acknowledge_by,
        accept_by=row.accept_by,
        first_attempt_at=row.first_attempt_at,
        delivered_at=row.delivered_at,
        acknowledged_at=row.acknowledged_at,
        settled_at=row.settled_at,
        decline_reason=row.decline_reason,
    )


def _assignment(row: AssignmentRow) -> AssignmentPart:
    return AssignmentPart(
        assignment_id=row.id,
        offer_id=row.offer_id,
        role=row.role,
        interrupter_id=row.interrupter_id,
        state=row.state,
        accepted_at=row.accepted_at,
        en_route_at=row.en_route_at,
        on_scene_at=row.on_scene_at,
        cleared_at=row.ended_at if row.state == "cleared" else None,
    )
