"""Suggest a rest to whoever was on scene again and again where people were hurt: to the person and their supervisors.

Once per threshold, however many events say it. Nobody is left out of anything by it.
"""

from uuid import UUID

from services.alerts.domain.exposure import has_victims, suggests_rest
from services.alerts.messages import rest_message
from services.alerts.queries.dispatches import Dispatch
from services.alerts.queries.endpoints import supervisors_of
from services.alerts.queries.exposure import exposures, rest_suggestions
from services.alerts.responder_terms import responder_terms_of
from services.alerts.usecases.messages.queue_delivery import Message, queue, queue_for_interrupter
from shared.kernel.vocabulary import IncidentKind
from shared.persistence.transaction import Transaction

# Two of one person's incidents may be weighed at the same moment; the later waits for the earlier.
_ONE_AT_A_TIME = "SELECT organization_id FROM interrupters WHERE id = :id FOR NO KEY UPDATE"
_NOTE = """
INSERT INTO rest_suggestions (interrupter_id, at, exposures, supervisors_told)
VALUES (:interrupter_id, app_now(), :exposures, :told)
"""


def counts(dispatch: Dispatch) -> bool:
    """Whether being on scene there is an exposure, as the incident is known now."""
    known = dispatch.row.incident
    return not known["exercise"] and has_victims(IncidentKind(known["kind"]), known.get("injured"), known.get("killed"))


async def weigh_exposure(tx: Transaction, dispatch: Dispatch, interrupter_id: UUID) -> None:
    """The dispatch is locked, and somebody is or was on scene there."""
    if not counts(dispatch):
        return
    await tx.write_held()
    person = await tx.row(_ONE_AT_A_TIME, id=interrupter_id)
    terms = responder_terms_of(dispatch.row.policy).exposure
    number = len(await exposures(tx, interrupter_id, terms.window, restricted=True))
    suggested = [row["exposures"] for row in await rest_suggestions(tx, interrupter_id, terms.window)]
    if suggests_rest(number, threshold=terms.threshold, suggested_after=max(suggested, default=0)):
        await _suggest(tx, interrupter_id, person["organization_id"], number)


async def _suggest(tx: Transaction, interrupter_id: UUID, organization_id: UUID, number: int) -> None:
    """Where no supervisor has a phone, the record shows that none was told."""
    message = Message("rest.suggested", urgent=False, content=rest_message(interrupter_id, exposures=number))
    supervisors = await supervisors_of(tx, organization_id)
    await tx.run(_NOTE, interrupter_id=interrupter_id, exposures=number, told=len(supervisors))
    await queue_for_interrupter(tx, interrupter_id, message)
    for endpoint_id in supervisors:
        await queue(tx, endpoint_id, message)
