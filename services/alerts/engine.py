"""The `engine` process: deadlines and webhooks. Needs PostgreSQL alone, so that escalation goes on without Kafka."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from services.alerts.audit.build import build_auditor
from services.alerts.delivery.address_guard import AddressGuard
from services.alerts.delivery.response_link import links_of
from services.alerts.delivery.secret_box import SecretBox
from services.alerts.delivery.send import Sender
from services.alerts.delivery.text_sender import text_sender
from services.alerts.delivery.transport import AiohttpTransport
from services.alerts.jobs import JOBS, LOOK_EVERY_S, ROUNDS, Job, Round, look_for_due
from services.alerts.settings import AlertsSettings
from shared.messaging.alarms import raise_alarm
from shared.observability.logs import get_logger
from shared.persistence.database import Database
from shared.persistence.hint import DELIVERIES, Listener
from shared.persistence.transaction import Transaction
from shared.runtime.heartbeat import beat
from shared.runtime.settings import ServiceSettings

T = TypeVar("T")
log = get_logger(__name__)


class Engine:
    """State is rows; any number of engines work beside each other."""

    def __init__(self, db: Database, settings: AlertsSettings, transport: AiohttpTransport) -> None:
        self._db = db
        self._settings = settings
        self._transport = transport
        self._sender: Sender | None = None

    async def run(self) -> None:
        listener = Listener(self._db.dsn, DELIVERIES)
        async with self._transport as transport, asyncio.TaskGroup() as tasks:
            box, links = SecretBox(self._settings.secrets_key_bytes), links_of(self._settings)
            self._sender = Sender(self._db, transport, box, links, text_sender(self._db, self._settings))
            tasks.create_task(listener.run())
            tasks.create_task(self._run_sender(self._sender, listener.waiter()))
            wanted = {job.name: asyncio.Event() for job in JOBS}
            tasks.create_task(self._look(wanted))
            for job in JOBS:
                tasks.create_task(self._do_when(wanted[job.name], job))
            for round_ in ROUNDS:
                tasks.create_task(self._repeat(round_))
            tasks.create_task(beat(self._db, "engine"))
            tasks.create_task(build_auditor(self._db, self._settings).run())

    async def _run_sender(self, sender: Sender, woken: asyncio.Event) -> None:
        """The transport must stay open until attempts under way have settled."""
        try:
            await sender.run(woken)
        finally:
            await sender.drain()

    async def _look(self, wanted: dict[str, asyncio.Event]) -> None:
        """Should the question itself fail, every job looks for itself."""
        while True:
            due = await self._guarded("look_for_due", look_for_due)
            for name in wanted if due is None else due:
                wanted[name].set()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _do_when(self, wanted: asyncio.Event, job: Job) -> None:
        while True:
            await wanted.wait()
            wanted.clear()
            await self._do_all(job)

    async def _repeat(self, job: Round) -> None:
        while True:
            await self._do_all(job)
            await asyncio.sleep(job.every_s)

    async def _do_all(self, job: Job | Round) -> None:
        while await self._guarded(job.name, job.unit):
            pass

    async def _guarded(self, name: str, unit: Callable[[Transaction], Awaitable[T]]) -> T | None:
        """What fails for good is told to a person, and tried again later; the other jobs and the sender go on."""
        try:
            return await self._db.retrying(unit)
        except Exception:  # one dispatch's defect must not stop everybody's pages
            log.exception("engine.job_failed", job=name)
            await self._alarm(name)
            return None

    async def _alarm(self, job: str) -> None:
        await self._db.retrying(lambda tx: raise_alarm(tx, service="alerts", alarm="engine_job_failed", subject=job))

    async def stop(self) -> None:
        """Nothing is held: leases run out, rows stay."""


def build_engine(db: Database, settings: ServiceSettings) -> Engine:
    assert isinstance(settings, AlertsSettings)
    return Engine(db, settings, AiohttpTransport(AddressGuard(settings.webhook_allowed_networks)))
