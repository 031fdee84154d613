"""An incident that had ended is responded to again: it was closed, screened out or merged away by mistake, or goes on.

Its triage is owed again if it was withdrawn, counted from now. People are asked again only while the event is young
enough; otherwise its dispatch stays ended, as one that has taken place.
"""

from services.alerts.domain.coming_back import may_still_be_asked
from services.alerts.queries.dispatches import Dispatch
from services.alerts.usecases.dispatching.note_action import note_action
from services.alerts.usecases.triage.owe_triage import owe_triage_again
from shared.contracts.events.dispatches import DispatchClosed, DispatchReopened
from shared.contracts.events.incidents import IncidentSnapshot
from shared.kernel.vocabulary import DispatchState
from shared.persistence.transaction import Transaction


async def bring_back(tx: Transaction, dispatch: Dispatch, incident: IncidentSnapshot) -> None:
    """The dispatch is locked and has ended. The caller lets its roles be staffed if it has not any more."""
    owed_again = await owe_triage_again(tx, dispatch)
    max_age = dispatch.policy.activation_max_age
    if may_still_be_asked(incident.occurred_at, incident.occurred_precision, max_age, await tx.now()):
        await note_action(tx, dispatch.incident_id, "reopen", about=(None, dispatch.row.closed_at))
        dispatch.row.state, dispatch.row.closed_at = DispatchState.OPEN, None
        await dispatch.record(tx, DispatchReopened)
    elif owed_again:
        dispatch.row.state = DispatchState.CLOSED
        await dispatch.record(tx, DispatchClosed)
