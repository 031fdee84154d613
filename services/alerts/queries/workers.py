"""Interrupters with their licences: reading, replacing, and the snapshot that goes on the topic."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlmodel import col, select

from services.alerts.domain.terms import Term, in_order
from services.alerts.domain.visibility import Viewer, Whose, sees_interrupter
from services.alerts.tables import InterrupterRow
from shared.contracts.events.workers import Licence, WorkerSnapshot
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import DispatchRole
from shared.persistence.transaction import Transaction

_LISTED = """
SELECT * FROM interrupters
WHERE (:everything OR organization_id = CAST(:supervised AS uuid) OR id = CAST(:worker AS uuid))
  AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
ORDER BY id LIMIT :limit
"""
_LICENCES = """
SELECT interrupter_id, community, from_day, until_day FROM licences
WHERE interrupter_id = ANY(CAST(:ids AS uuid[])) ORDER BY interrupter_id, community, from_day
"""
_FORGET_LICENCES = "DELETE FROM licences WHERE interrupter_id = :id"
_KEEP_LICENCES = """
INSERT INTO licences (interrupter_id, community, from_day, until_day)
SELECT CAST(:id AS uuid), community, from_day, until_day
FROM unnest(CAST(:communities AS text[]), CAST(:from_days AS date[]), CAST(:until_days AS date[]))
    AS term (community, from_day, until_day)
"""


def whose(row: InterrupterRow) -> Whose:
    return Whose(interrupter=row.id, organization=row.organization_id)


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


async def licences_of(tx: Transaction, ids: Iterable[UUID]) -> Mapping[UUID, tuple[Term, ...]]:
    """By interrupter, in order. An interrupter without licences is there, with none."""
    found: dict[UUID, list[Term]] = {one: [] for one in ids}
    for row in await tx.rows(_LICENCES, ids=list(found)):
        found[row["interrupter_id"]].append(Term(row["community"], row["from_day"], row["until_day"]))
    return {one: tuple(terms) for one, terms in found.items()}


async def replace_licences(tx: Transaction, interrupter_id: UUID, terms: Sequence[Term]) -> bool:
    """False if it is just this already. The caller has locked the interrupter."""
    kept = (await licences_of(tx, [interrupter_id]))[interrupter_id]
    if kept == in_order(terms):
        return False
    await tx.run(_FORGET_LICENCES, id=interrupter_id)
    await tx.run(
        _KEEP_LICENCES,
        id=interrupter_id,
        communities=[term.community for term in terms],
        from_days=[term.from_day for term in terms],
        until_days=[term.until_day for term in terms],
    )
    return True


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
        licences=tuple(
            Licence(community=term.community, from_day=term.from_day, until_day=term.until_day) for term in terms
        ),
    )
