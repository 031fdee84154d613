"""The scene became clear, or a threat began: whoever is on the way, there or asked is told, and later offers say so."""

from uuid import UUID

from services.alerts.domain.assignments import ACTIVE
from services.alerts.queries.dispatches import Dispatch
from services.alerts.usecases.dispatching.note_action import note_action
from services.alerts.usecases.dispatching.settle_offer import tell
from shared.contracts.events.dispatches import DispatchStagingChanged
from shared.persistence.transaction import Transaction


async def change_staging(
    tx: Transaction, dispatch: Dispatch, *, active_threat: bool, told_by: UUID | None = None
) -> None:
    """The dispatch is locked. `told_by`: the assignment of whoever said it. Does nothing if it is known already.

    A threat is told urgently: somebody may be walking into it.
    """
    if dispatch.has_ended or dispatch.row.incident["active_threat"] == active_threat:
        return
    dispatch.row.incident = {**dispatch.row.incident, "active_threat": active_threat}
    await note_action(tx, dispatch.incident_id, "threat" if active_threat else "clear")
    kind = "scene.threat" if active_threat else "scene.clear"
    there = [one for one in dispatch.assignments if one.state in ACTIVE and one.id != told_by]
    for one in there:
        await tell(tx, dispatch, one.interrupter_id, one.offer_id, kind, urgent=active_threat)
    for offer in dispatch.live_offers():
        await tell(tx, dispatch, offer.interrupter_id, offer.id, kind, urgent=active_threat)
    await dispatch.record(tx, DispatchStagingChanged)
