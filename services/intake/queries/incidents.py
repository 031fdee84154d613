"""Incidents as use cases and lists need them: one by id, one by its source's reference, a page, who reported one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select, tuple_

from services.intake.tables import IncidentRow, ResponseRow
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import IncidentKind, IncidentState, SourceKind
from shared.persistence.transaction import Transaction

UNDECIDED = (IncidentState.REPORTED, IncidentState.VERIFIED)
_COLUMNS = tuple(IncidentRow.model_fields)
_INSERT = f"""
INSERT INTO incidents ({", ".join(_COLUMNS)}) VALUES ({", ".join(f":{name}" for name in _COLUMNS)})
ON CONFLICT (source, source_ref) WHERE source_ref IS NOT NULL DO NOTHING
"""  # noqa: S608 - made of this module's own column names
_BY_REFERENCE = "SELECT id FROM incidents WHERE source = :source AND source_ref = :source_ref"
_REPORTS = """
SELECT id, source_kind, received_at FROM reports WHERE incident_id = :id ORDER BY position LIMIT 200
"""
_REPORTED_BY = "SELECT EXISTS (SELECT FROM reports WHERE incident_id = :id AND source = :source) AS found"


@dataclass(frozen=True, slots=True)
class ReportSeen:
    """A report without its words."""

    report_id: UUID
    source_kind: SourceKind
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """`after` is the sort key (opened_at, id) of the last one seen; None starts with the newest."""

    state: IncidentState | None = None
    kind: IncidentKind | None = None
    community: str | None = None
    needs_dispatcher: bool = False
    after: tuple[datetime, UUID] | None = None


async def insert_unless_known(tx: Transaction, row: IncidentRow) -> bool:
    """False if the source's reference has its incident already: the unique index decides, also between concurrent
    transactions.
    """
    return await tx.run(_INSERT, **row.model_dump()) == 1


async def lock_by_reference(tx: Transaction, source: str, source_ref: str) -> IncidentRow:
    found = await tx.row(_BY_REFERENCE, source=source, source_ref=source_ref)
    return await lock_incident(tx, found["id"])


async def lock_incident(tx: Transaction, incident_id: UUID) -> IncidentRow:
    row = await tx.get(IncidentRow, incident_id, lock=True)
    if row is None:
        raise NotFound("There is no such incident.")
    return row


async def read_page(tx: Transaction, wanted: Wanted, limit: int) -> Sequence[IncidentRow]:
    """Newest first. Needing a dispatcher: not decided yet, and young enough that somebody may still be paged."""
    query = select(IncidentRow).order_by(col(IncidentRow.opened_at).desc(), col(IncidentRow.id).desc()).limit(limit)
    if wanted.state is not None:
        query = query.where(IncidentRow.state == wanted.state)
    if wanted.kind is not None:
        query = query.where(IncidentRow.kind == wanted.kind)
    if wanted.community is not None:
        query = query.where(IncidentRow.community == wanted.community)
    if wanted.needs_dispatcher:
        now = await tx.now()
        query = query.where(col(IncidentRow.state).in_(UNDECIDED), IncidentRow.activatable_until >= now)
    if wanted.after is not None:
        query = query.where(tuple_(col(IncidentRow.opened_at), col(IncidentRow.id)) < wanted.after)
    return await tx.all(query)


async def read_reports(tx: Transaction, incident_id: UUID) -> list[ReportSeen]:
    """The first 200, in the order they were taken."""
    rows = await tx.rows(_REPORTS, id=incident_id)
    return [ReportSeen(row["id"], SourceKind(row["source_kind"]), row["received_at"]) for row in rows]


async def was_reported_by(tx: Transaction, incident_id: UUID, source: str) -> bool:
    return bool((await tx.row(_REPORTED_BY, id=incident_id, source=source))["found"])


async def read_responses(tx: Transaction, incident_ids: Sequence[UUID]) -> dict[UUID, ResponseRow]:
    rows = await tx.all(select(ResponseRow).where(col(ResponseRow.incident_id).in_(incident_ids)))
    return {row.incident_id: row for row in rows}
