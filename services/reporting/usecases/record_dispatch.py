"""One dispatch's newest state with its offers and assignments. The whole snapshot replaces the whole older one."""

from services.reporting.domain.milestones import earliest
from services.reporting.tables import AssignmentFact, DispatchFact, OfferFact
from services.reporting.usecases.keep_newest import keep_newest, newest_of
from shared.contracts.dispatch_event import DispatchEvent
from shared.contracts.dispatch_snapshot import AssignmentPart, DispatchSnapshot, OfferPart
from shared.persistence.transaction import Transaction

_NEWEST = "unnest(CAST(:incidents AS uuid[]), CAST(:versions AS bigint[])) AS newest (incident_id, version)"
_FORGET = tuple(
    f"DELETE FROM {table} f USING {_NEWEST} WHERE f.incident_id = newest.incident_id AND f.version < newest.version"  # noqa: S608 - our own tables
    for table in ("offer_facts", "assignment_facts")
)


async def record_dispatch(tx: Transaction, event: DispatchEvent) -> None:
    tx.collect(_write, event.dispatch)


async def _write(tx: Transaction, snapshots: list[DispatchSnapshot]) -> None:
    newest = newest_of(snapshots, lambda dispatch: dispatch.incident_id)
    written = await keep_newest(tx, [_dispatch(dispatch) for dispatch in newest])
    news = [dispatch for dispatch in newest if (dispatch.incident_id,) in written]
    if not news:
        return
    await keep_newest(tx, [_offer(dispatch, offer) for dispatch in news for offer in dispatch.offers])
    await keep_newest(tx, [_assignment(dispatch, one) for dispatch in news for one in dispatch.assignments])
    incidents, versions = [one.incident_id for one in news], [one.version for one in news]
    for forget in _FORGET:
        await tx.run(forget, incidents=incidents, versions=versions)


def _dispatch(dispatch: DispatchSnapshot) -> DispatchFact:
    triage = dispatch.triage
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
        triage_state=triage.state if triage else None,
        triage_due_at=triage.due_at if triage else None,
        triage_held_at=triage.held_at if triage else None,
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
