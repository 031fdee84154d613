"""The interrupters whose plan is about to be changed: seen, allowed, and locked in the order of their ids."""

from collections.abc import Iterable
from uuid import UUID

from services.alerts.domain.visibility import Viewer, may_plan_duty
from services.alerts.queries.workers import lock_interrupters, visible_interrupter, whose
from services.alerts.tables import InterrupterRow
from shared.kernel.errors import NotAllowed
from shared.persistence.transaction import Transaction


async def lock_planned(
    tx: Transaction, viewer: Viewer, interrupter_id: UUID, also: Iterable[UUID] = ()
) -> list[InterrupterRow]:
    """`also`: whose duty changes with it, whoever they are. Raises NotFound, NotAllowed."""
    seen = await visible_interrupter(tx, viewer, interrupter_id)
    if not may_plan_duty(viewer, whose(seen)):
        raise NotAllowed("shifts are planned by the person's supervisor or the programme office")
    return await lock_interrupters(tx, {interrupter_id, *also})
