"""A participant for somebody who may see it; unknown and foreign are one and the same answer."""

from uuid import UUID

from services.casework.domain.visibility import Caller, may_see_participant, reach_of
from services.casework.queries.cases import cases_of_participant
from services.casework.tables import ParticipantRow
from shared.persistence.transaction import Transaction


async def visible_participant(tx: Transaction, caller: Caller, participant_id: UUID) -> ParticipantRow | None:
    row = await tx.get(ParticipantRow, participant_id)
    if row is None:
        return None
    cases = await cases_of_participant(tx, participant_id)
    return row if may_see_participant(reach_of(caller), row.registered_by_organization, cases) else None
