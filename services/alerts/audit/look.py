"""The auditor's loop: ask the others, look at the own rows, tell what has been wrong for long enough."""

import asyncio
from datetime import datetime

from services.alerts.audit.neighbours import Neighbours, is_off
from services.alerts.domain.auditing import Patience, Signs, needs_a_stand_in, sightings
from services.alerts.queries.overdue import read_overdue
from services.alerts.usecases.paging.follow_own_alarm import follow_own_alarm
from services.alerts.usecases.paging.tell_faults import tell_faults
from shared.kernel.clock import Clock
from shared.messaging.alarms import measure_alarms
from shared.messaging.vital_signs import VitalSigns, read_vital_signs
from shared.observability.logs import get_logger
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction

SERVICE = "alerts"
ROLES = ("api", "stream", "engine")
LOOK_EVERY_S = 2.0
log = get_logger(__name__)


class Auditor:
    """`engine_is_missed`: messages wait for a sender that does not come, as of the last look."""

    def __init__(self, db: Database, neighbours: Neighbours, clock: Clock) -> None:
        self._db = db
        self._neighbours = neighbours
        self._clock = clock
        self._patience = Patience()
        self.engine_is_missed = False

    async def run(self) -> None:
        """Never returns. A look that fails is logged and the next is taken: it outlives what it watches."""
        async with self._neighbours:
            while True:
                try:
                    await self._look()
                except Exception:  # the database may be away, or a row be what nobody foresaw
                    log.exception("audit.look_failed")
                await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        others = await self._neighbours.ask_all()
        async with self._db.transaction() as tx:
            await self._judge(tx, others)
        more = True
        while more:
            async with self._db.transaction() as tx:
                more = await follow_own_alarm(tx)

    async def _judge(self, tx: Transaction, others: list[Signs]) -> None:
        asked_at = self._clock.now()
        signs = await read_vital_signs(tx)
        own = _own(signs, (asked_at, self._clock.now()))
        overdue = [late.queue for late in await read_overdue(tx) if late.count]
        seen = sightings((own, *others), overdue, own=SERVICE)
        told = self._patience.ripe(seen, asyncio.get_running_loop().time())
        self.engine_is_missed = needs_a_stand_in(told, SERVICE)
        await tell_faults(tx, told=told, seen=[sighting.fault for sighting in seen])
        await measure_alarms(tx)


def _own(signs: VitalSigns, between: tuple[datetime, datetime]) -> Signs:
    return Signs(
        SERVICE,
        silent_roles=frozenset(role for role in ROLES if signs.is_silent(role)),
        kafka_away=signs.kafka_away,
        outbox_waits_since=signs.outbox_oldest if signs.outbox_waits else None,
        clock_off=is_off(signs.clock, between),
    )
