"""Restrict an incident to those who may see restricted ones, or lift that, in whatever state it is.

Everybody who shows incidents or what is done about them goes by the flag in its snapshot. An incident and all that is
part of it are restricted together, or none of them is. Saying what holds already changes nothing and publishes nothing.
"""

from collections.abc import Iterable
from uuid import UUID

from services.intake.queries.incidents import lock_trees, surviving
from services.intake.queries.past_decisions import read_own_visibility
from services.intake.queries.snapshots import snapshot
from services.intake.tables import IncidentRow
from services.intake.usecases.decided import Decider, record_decision, standing
from services.intake.usecases.policy_steps import keep_step
from shared.contracts.events.incidents import IncidentSnapshot, IncidentVisibilityChanged
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def change_visibility(
    tx: Transaction, incident_id: UUID, decider: Decider, *, restricted: bool
) -> IncidentSnapshot:
    """Raises NotFound."""
    tree: dict[UUID, IncidentRow] = {}
    while (root := await surviving(tx, incident_id)) not in tree:  # which may have been merged in the meantime
        tree |= await lock_trees(tx, root)
    await _change(tx, tree.values(), "change_visibility", decider, restricted=restricted)
    return snapshot(tree[incident_id])


async def restrict_as_reported(tx: Transaction, row: IncidentRow) -> None:
    """The row is locked. What is said to be restricted is, whoever said what before; a person alone lifts it."""
    for one in (await lock_trees(tx, row.id)).values():
        if not one.restricted:
            keep_step(tx, await _set(tx, one, restricted=True))


async def share_visibility(tx: Transaction, rows: Iterable[IncidentRow], decider: Decider) -> None:
    """Of those that become one, before more is told of any: all of them, if one of them is restricted."""
    rows = list(rows)
    if any(row.restricted for row in rows):
        await _change(tx, rows, "merge", decider, restricted=True)


async def divide_visibility(tx: Transaction, root: UUID, decider: Decider) -> None:
    """Of what is still one after a split: restricted if any of it was for its own sake."""
    restricted = await read_own_visibility(tx, root)
    await _change(tx, (await lock_trees(tx, root)).values(), "split", decider, restricted=restricted)


async def _change(
    tx: Transaction, rows: Iterable[IncidentRow], decision: str, decider: Decider, *, restricted: bool
) -> None:
    for row in rows:
        if row.restricted is not restricted:
            was = standing(row)
            await _set(tx, row, restricted=restricted)
            await record_decision(tx, row, was, decision, decider)


async def _set(tx: Transaction, row: IncidentRow, *, restricted: bool) -> IncidentVisibilityChanged:
    row.restricted = restricted
    row.version += 1
    changed = IncidentVisibilityChanged(at=await tx.now(), incident=snapshot(row))
    await publish(tx, changed)
    return changed
