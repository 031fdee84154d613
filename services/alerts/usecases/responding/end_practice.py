"""Real work ends practice: whoever has a role at a real incident has none at a drill, nor a question of one.

In the transaction in which the real work begins, but for a drill that somebody else has locked: it is not waited for,
and its turn comes with the engine, as with a yes to a drill that raced with the real one.
"""

from uuid import UUID

from services.alerts.domain.assignments import ACTIVE
from services.alerts.queries.dispatches import Dispatch, lock_dispatch
from services.alerts.usecases.dispatching.settle_offer import settle_offer
from services.alerts.usecases.dispatching.staff_roles import staff_roles
from services.alerts.usecases.responding.stand_down_assignment import stand_down_assignment
from shared.kernel.vocabulary import OfferState
from shared.persistence.transaction import Transaction

_DRILLS = """
SELECT incident_id FROM dispatches WHERE incident_id IN (
    SELECT incident_id FROM assignments
    WHERE interrupter_id = :interrupter_id AND state IN ('accepted', 'en_route', 'on_scene') AND exercise
    UNION ALL
    SELECT incident_id FROM offers
    WHERE interrupter_id = :interrupter_id AND state IN ('open', 'acknowledged') AND exercise
) ORDER BY incident_id FOR UPDATE SKIP LOCKED
"""
AT_BOTH = """assignments a WHERE a.state IN ('accepted', 'en_route', 'on_scene') AND NOT a.exercise AND (
    EXISTS (SELECT FROM assignments p WHERE p.interrupter_id = a.interrupter_id
            AND p.state IN ('accepted', 'en_route', 'on_scene') AND p.exercise)
    OR EXISTS (SELECT FROM offers p WHERE p.interrupter_id = a.interrupter_id
               AND p.state IN ('open', 'acknowledged') AND p.exercise))"""


async def end_practice(tx: Transaction) -> bool:
    """Of one person; False if there is none whose drill another engine has not taken."""
    found = await tx.row_or_none(f"SELECT a.interrupter_id FROM {AT_BOTH} ORDER BY random() LIMIT 1")  # noqa: S608 - a constant
    return found is not None and await end_practice_of(tx, found["interrupter_id"])


async def end_practice_of(tx: Transaction, interrupter_id: UUID) -> bool:
    """The person has a role at a real incident. The drill asks others."""
    await tx.write_held()
    drills = await tx.rows(_DRILLS, interrupter_id=interrupter_id)
    for drill in drills:
        dispatch = await lock_dispatch(tx, drill["incident_id"])
        await _part(tx, dispatch, interrupter_id)
        await staff_roles(tx, dispatch, cause="committed_elsewhere")
    return bool(drills)


async def _part(tx: Transaction, dispatch: Dispatch, interrupter_id: UUID) -> None:
    for offer in dispatch.live_offers():
        if offer.interrupter_id == interrupter_id:
            await settle_offer(tx, dispatch, offer, OfferState.WITHDRAWN)
    for assignment in dispatch.assignments:
        if assignment.interrupter_id == interrupter_id and assignment.state in ACTIVE:
            await stand_down_assignment(tx, dispatch, assignment)
