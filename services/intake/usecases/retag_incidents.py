"""Tag the incidents of a period anew by the areas in force on their days: what belongs elsewhere now is corrected once.

A batch at a time, so that no transaction is long. Whatever was done stays done: begun again, it finds only what is
left, and once all is right it changes nothing. The place itself does not move, and nobody is told anew to go there.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlmodel import col, select

from services.intake.current_programme import InForce, read_in_force
from services.intake.queries.snapshots import snapshot
from services.intake.tables import IncidentRow
from services.intake.usecases.decided import Decider, record_decision, standing
from services.intake.usecases.located import located
from shared.contracts.events.incidents import IncidentRelocated
from shared.kernel.geo import Point
from shared.messaging.outbox import publish
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction

AT_A_TIME = 500
_TAGS = ("community", "ward", "cluster")


@dataclass(frozen=True, slots=True)
class Retagging:
    """The days on which incidents occurred, both within, on the city's clock. `by`: whose decision it is. `dry_run`:
    only say what would change.
    """

    first: date
    last: date
    by: str
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Retagged:
    """`was` and `now`: community, ward and cluster."""

    incident_id: UUID
    was: tuple[str | None, ...]
    now: tuple[str | None, ...]


async def retag_incidents(db: Database, wanted: Retagging) -> AsyncGenerator[Retagged]:
    """Raises Unavailable while no programme was ever loaded."""
    async with db.transaction() as tx:
        in_force = await read_in_force(tx)
    after = UUID(int=0)
    while True:
        async with db.transaction() as tx:
            rows = await _batch(tx, wanted, in_force, after)
            changed = [one for row in rows if (one := await _retag(tx, row, in_force, wanted)) is not None]
        for one in changed:
            yield one
        if len(rows) < AT_A_TIME:
            return
        after = rows[-1].id


async def _batch(tx: Transaction, wanted: Retagging, in_force: InForce, after: UUID) -> list[IncidentRow]:
    zone = in_force.programme.city.zone
    begins = datetime.combine(wanted.first, time(), zone)
    ends = datetime.combine(wanted.last + timedelta(days=1), time(), zone)
    occurred = col(IncidentRow.occurred_at)
    query = select(IncidentRow).where(col(IncidentRow.id) > after, occurred >= begins, occurred < ends)
    query = query.order_by(col(IncidentRow.id)).limit(AT_A_TIME)
    return list(await tx.all(query if wanted.dry_run else query.with_for_update()))


async def _retag(tx: Transaction, row: IncidentRow, in_force: InForce, wanted: Retagging) -> Retagged | None:
    belongs = located(Point(row.lat, row.lon), row.occurred_at, in_force)
    was, now = tuple(getattr(row, tag) for tag in _TAGS), tuple(belongs[tag] for tag in _TAGS)
    if was == now:
        return None
    if not wanted.dry_run:
        stood = standing(row)
        for name, value in belongs.items():
            setattr(row, name, value)
        row.version += 1
        await record_decision(tx, row, stood, "relocate", Decider(wanted.by, "program_office", "areas_changed"))
        relocated = IncidentRelocated(
            at=await tx.now(),
            incident=snapshot(row),
            by_areas=True,
            **{f"was_{tag}": value for tag, value in zip(_TAGS, was, strict=True)},
        )
        await publish(tx, relocated)
    return Retagged(row.id, was, now)
