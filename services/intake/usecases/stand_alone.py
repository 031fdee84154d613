"""Let an incident stand as it does by itself and by what is part of it now, after something else ceased to be.

Its reports are for `rederive`; here it is about what nobody reported: its response, its confirmation, its screening.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.intake.domain.undoing import Entry, by_itself
from services.intake.queries.incidents import lock_incident
from services.intake.queries.past_decisions import read_entries, state_before_merge
from services.intake.tables import IncidentRow
from services.intake.usecases.decided import standing
from services.intake.usecases.take_over import share_response, share_standing
from shared.kernel.vocabulary import IncidentState
from shared.persistence.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Past:
    """`parts`: what is part of it, each with the state that it had when it became so."""

    entries: Sequence[Entry]
    parts: Sequence[tuple[IncidentRow, IncidentState]]


async def read_past(tx: Transaction, incident_id: UUID) -> Past:
    query = select(IncidentRow).where(col(IncidentRow.merged_into) == incident_id).order_by(col(IncidentRow.id))
    parts = [(part, await state_before_merge(tx, part.id)) for part in await tx.all(query)]
    return Past(await read_entries(tx, incident_id), parts)


def stand(row: IncidentRow, past: Past) -> None:
    """The row is locked; the caller counts its version and says so."""
    for name, value in by_itself(past.entries, standing(row)).items():
        setattr(row, name, _read(name, value))
    for part, was_state in past.parts:
        share_standing(row, part)
        share_response(row, part, was_state)
    if row.merged_into is not None:
        row.state, row.screened_out_reason, row.route = IncidentState.MERGED, None, None


async def stand_without(tx: Transaction, parted: UUID, parents: Mapping[UUID, UUID]) -> None:
    """All that `parted` was part of, up to the root. `parents`: each merged one → the one it was merged into, as it was
    before; all are locked.
    """
    while parted in parents:
        parted = parents[parted]
        row = await lock_incident(tx, parted)
        stand(row, await read_past(tx, row.id))


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name == "activated_at" and value is not None else value
