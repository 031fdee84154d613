"""The incident happened elsewhere than was thought: whoever is asked, on the way or there is told, urgently, for
somebody may be walking to the wrong corner. Where it is stands behind the link. Who has a role keeps it; later offers
go by the new place.
"""

from typing import Any

from services.alerts.domain.assignments import ACTIVE
from services.alerts.queries.dispatches import Dispatch
from services.alerts.usecases.dispatching.note_action import note_action
from services.alerts.usecases.dispatching.settle_offer import tell
from shared.persistence.transaction import Transaction


async def tell_if_moved(tx: Transaction, dispatch: Dispatch, was: dict[str, Any]) -> None:
    """`was`: the place as the dispatch knew it. Better accuracy, or other areas around the same point, is no move."""
    now = dispatch.row.incident["place"]
    if (was["lat"], was["lon"]) == (now["lat"], now["lon"]):
        return
    await note_action(tx, dispatch.incident_id, "relocate")
    for assignment in dispatch.assignments:
        if assignment.state in ACTIVE:
            await tell(tx, dispatch, assignment.interrupter_id, assignment.offer_id, "scene.moved", urgent=True)
    for offer in dispatch.live_offers():
        await tell(tx, dispatch, offer.interrupter_id, offer.id, "scene.moved", urgent=True)
