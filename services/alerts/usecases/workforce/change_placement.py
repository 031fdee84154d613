"""Whose somebody is, in which team, floating or not, and from which home base: replaced as a whole; again is no change.

Contractors change while people stay. Licences, hours, rest and exposure are the person's and stay as they are. A
question under way stays good until its deadline, as when a licence ends; a late yes needs the standing of its moment.
"""

from collections.abc import Callable
from uuid import UUID

from services.alerts.domain.workforce import Placement, PlacementReason, team_fault
from services.alerts.queries.placements import note_placement
from services.alerts.queries.workers import placement_of, worker_snapshot
from services.alerts.tables import InterrupterRow, OrganizationRow
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from shared.contracts.events.workers import WorkerChanged
from shared.kernel.errors import FieldError, Invalid, NotFound
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def change_placement(
    tx: Transaction,
    interrupter_id: UUID,
    wanted: Placement,
    precondition: Callable[[int], None],
    why: tuple[PlacementReason, str],
) -> InterrupterRow:
    """`precondition` is given the version and raises if it will not do. `why`: the reason, and who decided, who is of
    the office: the route sees to that.
    """
    row = await tx.get(InterrupterRow, interrupter_id, lock=True)
    if row is None:
        raise NotFound("no such interrupter")
    precondition(row.version)
    await _refuse_faults(tx, wanted)
    before = placement_of(row)
    after = wanted if wanted.home else wanted._replace(home=before.home)
    if after == before:
        return row
    await note_placement(tx, row.id, before, after, why)
    row.organization_id, row.team_community, row.floater = after.organization_id, after.team_community, after.floater
    if after.home is not None:
        row.home_lat, row.home_lon = after.home
    row.version += 1
    await ask_to_reconsider(tx)
    await publish(tx, WorkerChanged(at=await tx.now(), worker=await worker_snapshot(tx, row)))
    return row


async def _refuse_faults(tx: Transaction, wanted: Placement) -> None:
    faults = []
    if fault := team_fault(wanted.team_community, floater=wanted.floater):
        faults.append(fault)
    if await tx.get(OrganizationRow, wanted.organization_id) is None:
        faults.append(FieldError("/organization_id", "is not a registered organization"))
    if faults:
        raise Invalid(*faults)
