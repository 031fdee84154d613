"""When the incident is another than it was: who is asked for, or on the way to, what is not wanted any more is told.

Whoever is at the scene already stays: that person sees what is so, and clears.
"""

from services.alerts.domain.assignments import ON_THE_WAY
from services.alerts.queries.dispatches import Dispatch
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from services.alerts.usecases.dispatching.settle_offer import settle_offer
from services.alerts.usecases.responding.stand_down_assignment import stand_down_assignment
from shared.kernel.vocabulary import DispatchRole, OfferState
from shared.persistence.transaction import Transaction


async def withdraw_unwanted(tx: Transaction, dispatch: Dispatch) -> None:
    """The dispatch is locked. Repeating it changes nothing. The caller lets the roles be staffed after."""
    roles = dispatch.policy.roles
    for offer in dispatch.live_offers():
        role = DispatchRole(offer.role)
        if role not in roles:
            await settle_offer(tx, dispatch, offer, OfferState.WITHDRAWN)
        elif dispatch.stand(role, roles[role]).filled >= roles[role]:
            await settle_offer(tx, dispatch, offer, OfferState.TAKEN)
    unwanted = [one for one in dispatch.assignments if one.role not in roles and one.state in ON_THE_WAY]
    for assignment in unwanted:
        await stand_down_assignment(tx, dispatch, assignment)
    if unwanted:
        await ask_to_reconsider(tx)
