"""Duty follows the shifts: at each boundary of what is planned for somebody, the engine judges their duty again.

Whoever is due is a row; several engines take different people, and whoever was judged twice is not changed twice.
"""

from services.alerts.queries.workers import lock_interrupters
from services.alerts.usecases.duty.settle_duty import settle_duty
from shared.persistence.transaction import Transaction

AT_ONCE = 20
# In no order: people who cannot be judged must not stand before all others.
_DUE = """
SELECT id FROM interrupters WHERE id IN (
    SELECT id FROM interrupters WHERE duty_next_at <= app_now() ORDER BY duty_next_at LIMIT 500
) AND duty_next_at <= app_now() ORDER BY random() LIMIT :at_once FOR UPDATE SKIP LOCKED
"""


async def follow_shifts(tx: Transaction) -> bool:
    """Some of those who are due; False if there are none that another engine has not taken."""
    ids = [row["id"] for row in await tx.rows(_DUE, at_once=AT_ONCE)]
    if ids:
        await settle_duty(tx, await lock_interrupters(tx, ids))
    return bool(ids)
