"""Give somebody a role without asking: the desk decided it, or they had it where two incidents became one."""

from services.alerts.domain.ranking import place_of
from services.alerts.messages import assignment_message
from services.alerts.queries.dispatches import Dispatch
from services.alerts.queries.standing import Standing
from services.alerts.tables import OFFER, AssignmentRow, OfferRow
from services.alerts.usecases.messages.queue_delivery import Message, queue_for_interrupter
from services.alerts.usecases.responding.assign_role import assign_role
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import DispatchRole, OfferState
from shared.persistence.transaction import Transaction


async def give_role(tx: Transaction, dispatch: Dispatch, role: DispatchRole, person: Standing) -> AssignmentRow:
    """The dispatch is locked and has room. Raises NotEligible if the person has another assignment."""
    offer = await _offer(tx, dispatch, role, person)
    made = await assign_role(tx, dispatch, offer, person.policy.roles[role])
    await _call(tx, dispatch, made)
    return made


async def _offer(tx: Transaction, dispatch: Dispatch, role: DispatchRole, person: Standing) -> OfferRow:
    """The question under way to this person, or one that is answered as it is made: every assignment has its offer."""
    who = person.candidate.interrupter_id
    asked = next((one for one in dispatch.live_offers(role) if one.interrupter_id == who), None)
    if asked is not None:
        return asked
    now, place = await tx.now(), place_of(person.candidate, person.need, person.policy)
    offer = OfferRow(
        id=new_id(),
        incident_id=dispatch.incident_id,
        role=role,
        interrupter_id=who,
        tier=place.tier,
        distance_m=place.distance_m,
        state=OfferState.ACCEPTED,
        made_at=now,
        undelivered_by=now,
        acknowledge_by=now,
        accept_by=now,
        settled_at=now,
        exercise=dispatch.is_exercise,
    )
    dispatch.offers.append(await tx.insert(OFFER, offer))
    return offer


async def _call(tx: Transaction, dispatch: Dispatch, made: AssignmentRow) -> None:
    """Urgent as an offer is: somebody is to set out now."""
    content = assignment_message(
        dispatch.row.incident, offer_id=made.offer_id, assignment_id=made.id, role=DispatchRole(made.role)
    )
    message = Message(
        "assignment.made", urgent=True, content=content, incident_id=dispatch.incident_id, offer_id=made.offer_id
    )
    await queue_for_interrupter(tx, made.interrupter_id, message)
