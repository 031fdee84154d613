"""What every service's database needs now and then: queue and alarms measured, what is old forgotten."""

import asyncio

from shared.messaging.alarms import measure_alarms
from shared.messaging.feed import forget_told
from shared.messaging.relay.claim import measure
from shared.messaging.relay.settle import forget_published
from shared.persistence.database import Database
from shared.web.idempotency import forget_old_keys

MEASURE_S = 5.0
FORGET_S = 600.0


async def keep_house(db: Database) -> None:
    """Never returns. Forgets a batch at a time, so that no transaction is long."""
    passed_s = FORGET_S
    while True:
        await db.retrying(measure)
        await db.retrying(measure_alarms)
        if passed_s >= FORGET_S:
            passed_s = 0.0
            for forget in (forget_published, forget_old_keys, forget_told):
                while await db.retrying(forget):
                    pass
        await asyncio.sleep(MEASURE_S)
        passed_s += MEASURE_S
