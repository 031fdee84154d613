"""Incidents as use cases need them: one by id, its reports, who reported one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from services.intake.tables import IncidentRow, ResponseRow
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import SourceKind
from shared.persistence.transaction import Transaction

NO_SUCH_INCIDENT = "There is no such incident."
_COLUMNS = tuple(IncidentRow.model_fields)
_INSERT = f"""
INSERT INTO incidents ({", ".join(_COLUMNS)})
SELECT {", ".join(_COLUMNS)}
FROM unnest(CAST(:row AS text[])) AS opened (facts), jsonb_populate_record(NULL::incidents, CAST(facts AS jsonb))
"""  # noqa: S608 - made of this module's own column names
_REPORTS = """
SELECT reports.id, source_kind, received_at FROM reports JOIN incidents ON incidents.id = incident_id
WHERE incident_id IN (SELECT incident_tree(:id)) AND (:restricted OR NOT restricted)
ORDER BY position LIMIT 200
"""
_TREES = "SELECT DISTINCT incident_tree(root) AS id FROM unnest(CAST(:roots AS uuid[])) AS root"
_SURVIVING = "SELECT surviving_incident(:id) AS id"
_IS_FOR_ALL = "SELECT EXISTS (SELECT FROM incidents WHERE id = :id AND NOT restricted) AS found"
_REPORTED_BY = """
SELECT EXISTS (SELECT FROM reports WHERE incident_id IN (SELECT incident_tree(:id)) AND source = :source) AS found
"""


@dataclass(frozen=True, slots=True)
class ReportSeen:
    """A report without its words."""

    report_id: UUID
    source_kind: SourceKind
    received_at: datetime


def put_incident(tx: Transaction, row: IncidentRow) -> None:
    """Whoever opens one holds the lock of its reference; a unique index is the wall."""
    tx.put(_INSERT, row=json.dumps({name: getattr(row, name) for name in _COLUMNS}, default=str))


async def lock_incident(tx: Transaction, incident_id: UUID) -> IncidentRow:
    row = await tx.get(IncidentRow, incident_id, lock=True)
    if row is None:
        raise NotFound(NO_SUCH_INCIDENT)
    return row


async def lock_surviving(tx: Transaction, incident_id: UUID) -> IncidentRow:
    """The one that it is part of, if it was merged in the meantime."""
    row = await lock_incident(tx, incident_id)
    while row.merged_into is not None:
        row = await lock_incident(tx, row.merged_into)
    return row


async def surviving(tx: Transaction, incident_id: UUID) -> UUID:
    """The one that it is part of, or itself. Raises NotFound."""
    found: UUID | None = (await tx.row(_SURVIVING, id=incident_id))["id"]
    if found is None:
        raise NotFound(NO_SUCH_INCIDENT)
    return found


async def lock_trees(tx: Transaction, *roots: UUID) -> dict[UUID, IncidentRow]:
    """With all that is part of them, in the order of their ids, as everybody does who needs several. Once a root is
    locked nothing more becomes part of it, so a second look sees all.
    """
    locked: dict[UUID, IncidentRow] = {}
    while missing := {row["id"] for row in await tx.rows(_TREES, roots=list(roots))} - locked.keys():
        locked |= {one: await lock_incident(tx, one) for one in sorted(missing)}
    return locked


async def read_reports(tx: Transaction, incident_id: UUID, *, restricted: bool) -> list[ReportSeen]:
    """The first 200, in the order they were taken. `restricted`: also those of what is so."""
    rows = await tx.rows(_REPORTS, id=incident_id, restricted=restricted)
    return [ReportSeen(row["id"], SourceKind(row["source_kind"]), row["received_at"]) for row in rows]


async def is_for_all(tx: Transaction, incident_id: UUID) -> bool:
    """False if it is restricted, and if there is none."""
    return bool((await tx.row(_IS_FOR_ALL, id=incident_id))["found"])


async def was_reported_by(tx: Transaction, incident_id: UUID, source: str) -> bool:
    return bool((await tx.row(_REPORTED_BY, id=incident_id, source=source))["found"])


async def read_responses(tx: Transaction, incident_ids: Sequence[UUID]) -> dict[UUID, ResponseRow]:
    rows = await tx.all(select(ResponseRow).where(col(ResponseRow.incident_id).in_(incident_ids)))
    return {row.incident_id: row for row in rows}
