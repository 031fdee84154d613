"""What a person is asked for, the languages they speak and the hours they work are replaced; again changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from services.alerts.domain.visibility import Viewer, may_register_interrupter
from services.alerts.domain.workforce import employment_fault
from services.alerts.queries.workers import visible_interrupter, worker_snapshot
from services.alerts.tables import InterrupterRow
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from shared.contracts.events.workers import WorkerChanged
from shared.kernel.errors import Invalid, NotAllowed
from shared.kernel.vocabulary import DispatchRole, Employment
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


@dataclass(frozen=True)
class Profile:
    """`weekly_hours`: of a part-time worker's week; None: full-time. `languages`: BCP 47, in their canonical case."""

    languages: tuple[str, ...]
    employment: Employment
    weekly_hours: int | None


async def change_roles(
    tx: Transaction,
    viewer: Viewer,
    interrupter_id: UUID,
    roles: frozenset[DispatchRole],
    precondition: Callable[[int], None],
) -> InterrupterRow:
    """The engine withdraws what they are asked in a role that they have no more."""
    row = await _locked(tx, viewer, interrupter_id, precondition)
    wanted = [role.value for role in DispatchRole if role in roles]
    if list(row.roles) == wanted:
        return row
    row.roles = wanted
    await ask_to_reconsider(tx)
    return await _changed(tx, row)


async def change_profile(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, profile: Profile, precondition: Callable[[int], None]
) -> InterrupterRow:
    row = await _locked(tx, viewer, interrupter_id, precondition)
    if fault := employment_fault(profile.employment, profile.weekly_hours):
        raise Invalid(fault)
    wanted = list(profile.languages), profile.employment.value, profile.weekly_hours
    if (list(row.languages), row.employment, row.weekly_hours) == wanted:
        return row
    row.languages, row.employment, row.weekly_hours = wanted
    await ask_to_reconsider(tx)
    return await _changed(tx, row)


async def _locked(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, precondition: Callable[[int], None]
) -> InterrupterRow:
    seen = await visible_interrupter(tx, viewer, interrupter_id)
    if not may_register_interrupter(viewer, seen.organization_id):
        raise NotAllowed("the record is kept by the person's supervisor or the programme office")
    row = await visible_interrupter(tx, viewer, interrupter_id, lock=True)
    precondition(row.version)
    return row


async def _changed(tx: Transaction, row: InterrupterRow) -> InterrupterRow:
    row.version += 1
    await publish(tx, WorkerChanged(at=await tx.now(), worker=await worker_snapshot(tx, row)))
    return row
