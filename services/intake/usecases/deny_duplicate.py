"""A person has looked at two incidents that may be one, and they are not. Saying it again changes nothing."""

from uuid import UUID

from services.intake.queries.possible_duplicates import settle, standing_of
from services.intake.usecases.decided import Decider
from shared.kernel.errors import NotFound, StateConflict
from shared.persistence.transaction import Transaction


async def deny_duplicate(tx: Transaction, incident_id: UUID, other_id: UUID, decider: Decider) -> None:
    """Raises NotFound where nobody took the one for the other, and StateConflict after they were merged."""
    if await settle(tx, incident_id, other_id, "not_duplicate", decider.subject, decider.reason):
        return
    state = await standing_of(tx, incident_id, other_id)
    if state is None:
        raise NotFound("These two were never taken for one.")
    if state != "not_duplicate":
        raise StateConflict("They were merged: split them instead.", state=state)
