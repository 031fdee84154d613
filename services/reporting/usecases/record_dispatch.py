"""One dispatch's newest state with its offers and assignments. The whole snapshot replaces the whole older one."""

from services.reporting.domain.milestones import earliest
from services.reporting.tables import AssignmentFact, DispatchFact, OfferFact
from services.reporting.usecases.keep_newest import keep_newest
from shared.contracts.events.dispatches import AssignmentPart, DispatchEvent, DispatchSnapshot, OfferPart
from shared.persistence.transaction import Transaction

_FORGET_OFFERS = "DELETE FROM offer_facts WHERE incident_id = :incident AND version < :version"
_FORGET_ASSIGNMENTS = "DELETE FROM assignment_facts WHERE incident_id = :incident AND version < :version"


async def record_dispatch(tx: Transaction, event: DispatchEvent) -> None:
    dispatch = event.dispatch
    if not await keep_newest(tx, [_dispatch(dispatch)]):
        return
    await keep_newest(tx, [_offer(dispatch, offer) for offer in dispatch.offers])
    await keep_newest(tx, [_assignment(dispatch, assignment) for assignment in dispatch.assignments])
    for forget in (_FORGET_OFFERS, _FORGET_ASSIGNMENTS):
        await tx.run(forget, incident=dispatch.incident_id, version=dispatch.version)


def _dispatch(dispatch: DispatchSnapshot) -> DispatchFact:
    return DispatchFact(
        incident_id=dispatch.incident_id,
        version=dispatch.version,
        state=dispatch.state,
        community=dispatch.community,
        opened_at=dispatch.opened_at,
        closed_at=dispatch.closed_at,
        exhausted_count=dispatch.exhausted_count,
        first_attempt_at=earliest(offer.first_attempt_at for offer in dispatch.offers),
        acknowledged_at=earliest(offer.acknowledged_at for offer in dispatch.offers),
        accepted_at=earliest(assignment.accepted_at for assignment in dispatch.assignments),
        on_scene_at=earliest(assignment.on_scene_at for assignment in dispatch.assignments),
        exercise=dispatch.exercise,
    )


def _offer(dispatch: DispatchSnapshot, offer: OfferPart) -> OfferFact:
    return OfferFact(
        offer_id=offer.offer_id,
        version=dispatch.version,
        incident_id=dispatch.incident_id,
        interrupter_id=offer.interrupter_id,
        role=offer.role,
        tier=offer.tier,
        state=offer.state,
        decline_reason=offer.decline_reason,
        community=dispatch.community,
        made_at=offer.made_at,
        exercise=dispatch.exercise,
    )


def _assignment(dispatch: DispatchSnapshot, assignment: AssignmentPart) -> AssignmentFact:
    return AssignmentFact(
        assignment_id=assignment.assignment_id,
        version=dispatch.version,
        incident_id=dispatch.incident_id,
        interrupter_id=assignment.interrupter_id,
        role=assignment.role,
        state=assignment.state,
        community=dispatch.community,
        accepted_at=assignment.accepted_at,
        en_route_at=assignment.en_route_at,
        on_scene_at=assignment.on_scene_at,
        cleared_at=assignment.cleared_at,
        exercise=dispatch.exercise,
    )
