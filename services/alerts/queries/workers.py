"""Interrupters: whom a caller may see, locking, and the snapshot that goes on the topic."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from services.alerts.domain.hours import Week
from services.alerts.domain.visibility import Viewer, Whose, sees_interrupter
from services.alerts.domain.workforce import Placement
from services.alerts.queries.licences import licences_of
from services.alerts.tables import InterrupterRow
from shared.contracts.events.workers import Licence, WorkerSnapshot
from shared.kernel.errors import NotFound
from shared.kernel.geo import Point
from shared.kernel.vocabulary import DispatchRole, Employment
from shared.persistence.transaction import Transaction

_LISTED = """
SELECT * FROM interrupters
WHERE (:everything OR organization_id = CAST(:supervised AS uuid) OR id = CAST(:worker AS uuid))
  AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
ORDER BY id LIMIT :limit
"""


def week_of(row: InterrupterRow) -> Week | None:
    """What is kept of the hours on duty; None: never off duty again yet."""
    return None if row.week_began is None else Week(row.week_began, timedelta(seconds=row.week_worked_s))


def whose(row: InterrupterRow) -> Whose:
    return Whose(interrupter=row.id, organization=row.organization_id)


def placement_of(row: InterrupterRow) -> Placement:
    return Placement(row.organization_id, row.team_community, row.floater, Point(row.home_lat, row.home_lon))


async def whose_are(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Whose]:
    """By the organization they are with now. Unknown ids are missing."""
    rows = await tx.rows("SELECT id, organization_id FROM interrupters WHERE id = ANY(:ids)", ids=list(ids))
    return {row["id"]: Whose(row["id"], row["organization_id"]) for row in rows}


async def visible_interrupter(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, *, lock: bool = False
) -> InterrupterRow:
    """Raises NotFound, in the same words for an unknown id and for somebody the viewer may not know of."""
    row = await tx.get(InterrupterRow, interrupter_id, lock=lock)
    if row is None or not sees_interrupter(viewer, whose(row)):
        raise NotFound("no such interrupter")
    return row


async def lock_interrupters(tx: Transaction, ids: Iterable[UUID]) -> list[InterrupterRow]:
    """In the order of their ids, so that two who lock several never wait for each other."""
    wanted = select(InterrupterRow).where(col(InterrupterRow.id).in_(list(ids))).order_by(col(InterrupterRow.id))
    return list(await tx.all(wanted.with_for_update(), afresh=True))


async def list_interrupters(tx: Transaction, viewer: Viewer, *, after: UUID | None, limit: int) -> list[InterrupterRow]:
    """Whom the viewer may see, by id."""
    rows = await tx.rows(
        _LISTED,
        everything=viewer.sees_everything,
        supervised=viewer.supervises,
        worker=viewer.worker,
        after=after,
        limit=limit,
    )
    return [InterrupterRow(**row) for row in rows]


async def worker_snapshot(tx: Transaction, row: InterrupterRow) -> WorkerSnapshot:
    """Without home, position and endpoint: those never leave this service."""
    terms = (await licences_of(tx, [row.id]))[row.id]
    return WorkerSnapshot(
        version=row.version,
        worker_id=row.id,
        organization_id=row.organization_id,
        call_sign=row.call_sign,
        roles=tuple(DispatchRole(role) for role in row.roles),
        team_community=row.team_community,
        floater=row.floater,
        active=row.active,
        on_duty=row.on_duty,
        languages=tuple(row.languages),
        employment=Employment(row.employment),
        licences=tuple(
            Licence(community=term.community, from_day=term.from_day, until_day=term.until_day) for term in terms
        ),
    )
