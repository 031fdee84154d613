"""Let an incident stand as it does by itself and by what is part of it now, after something else ceased to be.

Its reports are for `rederive`; here it is about what nobody reported: its response, its confirmation, its screening.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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


async def stand_anew(tx: Transaction, lost: Iterable[UUID], parents: Mapping[UUID, UUID]) -> None:
    """Those that lost something and all that they are part of, what is part of others first. `parents`: each merged one
    → the one it was merged into; all are locked.
    """
    chains = [tuple(_upwards(one, parents)) for one in lost]
    above = {one: len(chain) - place for chain in chains for place, one in enumerate(chain)}
    for one in sorted(above, key=lambda one: (-above[one], one)):
        stand(await lock_incident(tx, one), await read_past(tx, one))


def _upwards(incident: UUID, parents: Mapping[UUID, UUID]) -> Iterator[UUID]:
    yield incident
    while incident in parents:
        incident = parents[incident]
        yield incident


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name == "activated_at" and value is not None else value
