"""Registers a person as an opaque reference. The id is random: it tells neither who nor when."""

from uuid import UUID

from services.casework.domain.visibility import Caller
from services.casework.tables import ParticipantRow
from shared.kernel.ids import random_id
from shared.persistence.transaction import Transaction


async def register_participant(tx: Transaction, caller: Caller, community: str | None) -> UUID:
    row = ParticipantRow(
        participant_id=random_id(),
        community=community,
        registered_by_organization=caller.organization,
        registered_at=await tx.now(),
    )
    await tx.add(row)
    return row.participant_id
