"""A city in which every first phone misbehaves in its own way, and what becomes of each incident.

For each misbehaviour one incident; the nearest person has the phone that misbehaves, the persons behind have good ones.
Healthy neighbours with incidents of their own stand among them. The real sender and the real jobs on a real database.
"""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from services.alerts.delivery.address_guard import AddressGuard
from services.alerts.delivery.resolver import Lookup
from services.alerts.delivery.schedule import SCHEDULES, DeliveryClass
from services.alerts.delivery.transport import AiohttpTransport
from services.alerts.engine import Engine
from services.alerts.settings import AlertsSettings
from shared.runtime.cli import open_database
from shared.runtime.ending import end
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.people import Interrupter
from tests.support.waiting import a_moment

_MOMENT_MS = 50
_USUAL = timedelta(milliseconds=70)
PHONES = [ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("::1/128")]
_FIRST_ATTEMPTS = """
SELECT d.offer_id, d.state, a.outcome FROM deliveries d JOIN delivery_attempts a ON a.delivery_id = d.id
WHERE d.kind = 'offer.made' ORDER BY a.number
"""


@dataclass
class Followed:
    """`outcomes` of the message to the first person; `next_after`: from that offer to the next, None without one."""

    state: str
    outcomes: list[str]
    offers: list[str]
    next_after: timedelta | None

    @property
    def settling(self) -> str:
        """A message whose next attempt is under way is one that is tried again, and so is one that had all of them."""
        had_all = self.state == "dead" and len(self.outcomes) == len(SCHEDULES[DeliveryClass.URGENT].offsets)
        return "retry_scheduled" if self.state == "attempting" or had_all else self.state


class City:
    def __init__(self, alone: AlertsAlone) -> None:
        self.alone = alone
        self._incidents: dict[str, str] = {}
        self._first: dict[str, Interrupter] = {}
        self.started_at: datetime | None = None
        self.late = timedelta(0)

    async def asks_first(self, name: str, url: str | None) -> Interrupter:
        """An incident whose nearest person has a phone at this address, or a good one."""
        number = len(self._first)
        person = await self.alone.world.on_duty(f"first-{number}", km=0.1 + number / 100)
        if url is not None:
            async with self.alone.world.alerts_db.transaction() as tx:
                await tx.run("UPDATE webhook_endpoints SET url = :url WHERE owner_id = :id", url=url, id=person.worker)
        self._first[name] = person
        return person

    async def open(self) -> None:
        """Somebody good behind each of them, and then all incidents at once, before any message is sent."""
        for number in range(len(self._first)):
            await self.alone.world.on_duty(f"second-{number}", km=5 + number / 100)
        for name in self._first:
            self._incidents[name] = await self.alone.incident()

    @asynccontextmanager
    async def running(self, lookup: Lookup, roots: Path) -> AsyncIterator[None]:
        settings = self.alone.world.deployment.settings("alerts")
        assert isinstance(settings, AlertsSettings)
        guard = AddressGuard(PHONES)
        transport = AiohttpTransport(guard, trusted_roots=roots, lookup=lookup, names_kept=timedelta(0))
        # Of its own, so that whoever looks does not wait for a connection behind all that is sent.
        db = open_database("alerts", "engine", settings)
        engine = Engine(db, settings, transport)
        async with self.alone.world.alerts_db.transaction() as tx:
            self.started_at = (await tx.row("SELECT clock_timestamp() AS now"))["now"]
        tasks = [asyncio.create_task(engine.run()), asyncio.create_task(self._measure_lateness())]
        try:
            yield
        finally:
            await end(tasks, within_s=10)
            await db.close()

    async def _measure_lateness(self) -> None:
        """How much of the time so far this machine had no time for anybody: what takes longer for that is nobody's
        fault. A moment and a question to the database, again and again, and by how much they took longer in all.
        """
        loop, db = asyncio.get_running_loop(), self.alone.world.alerts_db
        while True:
            began = loop.time()
            await a_moment(_MOMENT_MS)
            async with db.transaction() as tx:
                await tx.now()
            self.late += max(timedelta(seconds=loop.time() - began) - _USUAL, timedelta(0))

    def incident(self, name: str) -> str:
        return self._incidents[name]

    async def followed(self, name: str) -> Followed:
        async with self.alone.world.alerts_db.transaction() as tx:
            offers = await tx.rows(
                "SELECT id, interrupter_id, state, made_at FROM offers WHERE incident_id = :id ORDER BY made_at",
                id=UUID(self._incidents[name]),
            )
            attempts = [row for row in await tx.rows(_FIRST_ATTEMPTS) if row["offer_id"] == offers[0]["id"]]
        assert offers[0]["interrupter_id"] == self._first[name].worker
        return Followed(
            state=attempts[0]["state"] if attempts else "pending",
            outcomes=[row["outcome"] for row in attempts],
            offers=[row["state"] for row in offers],
            next_after=offers[1]["made_at"] - offers[0]["made_at"] if len(offers) > 1 else None,
        )

    async def delays(self, but: Sequence[str]) -> list[timedelta]:
        """From being queued, with a sender there, to being delivered: of everybody but these first ones."""
        spared = [self._first[name].worker for name in but]
        async with self.alone.world.alerts_db.transaction() as tx:
            rows = await tx.rows(
                "SELECT d.settled_at - greatest(d.created_at, :started_at) AS delay, d.state FROM deliveries d"
                " JOIN webhook_endpoints e ON e.id = d.endpoint_id"
                " WHERE d.kind = 'offer.made' AND NOT e.owner_id = ANY(:spared)",
                started_at=self.started_at,
                spared=spared,
            )
        assert {row["state"] for row in rows} == {"delivered"}
        return [row["delay"] for row in rows]
