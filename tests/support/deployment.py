"""One deployment of Truce for one test: databases and topics of its own on the session's real PostgreSQL and Kafka.

Services run in the test's own event loop, built exactly as their processes build them; time is moved by replacing
`app_now()` in every database, as DESIGN §5 has it.
"""

import asyncio
import base64
import json
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID
from weakref import WeakKeyDictionary

import httpx
from aiokafka import ConsumerRecord
from fastapi import FastAPI

from deploy.local.stack import LocalStack
from shared.contracts.event import Event
from shared.contracts.topics import TOPICS, consumed_by, created_by, dead_letter_topic
from shared.kernel.ids import new_id
from shared.messaging.envelope import headers_of
from shared.messaging.kafka import create_topics, make_producer
from shared.persistence.database import Database
from shared.runtime.cli import open_database
from shared.runtime.ending import end
from shared.runtime.settings import ServiceSettings
from tests.support.clock import shift_app_now
from tests.support.database_pool import Contents, DatabasePool
from tests.support.roles import roles_of
from tests.support.topics import delete_topics, everything_on

# More than one, so that there is an order to lose; the real number, which takes a broker half a second to make, is that
# of the stories with processes.
PARTITIONS = 2
SECRETS_KEY_BYTES = b"0" * 32
SECRETS_KEY = base64.b64encode(SECRETS_KEY_BYTES).decode()


class Deployment:
    _pools: ClassVar[WeakKeyDictionary[LocalStack, DatabasePool]] = WeakKeyDictionary()

    def __init__(self, stack: LocalStack, name: str) -> None:
        self.stack = stack
        self._pool = self._pools.setdefault(stack, DatabasePool(stack))
        self.name = name
        self.prefix = f"{name}."
        self.offset = timedelta(0)
        self._made: dict[str, str] = {}
        self._contents: dict[str, Contents] = {}
        self._exit = AsyncExitStack()
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}
        self.most_partitions = PARTITIONS
        self._topics: set[str] = set()
        self._uses_kafka = False
        self._apps: dict[str, FastAPI] = {}
        self._databases: dict[str, Database] = {}

    @property
    def bootstrap(self) -> str:
        """Whoever asks may make topics of its own below the prefix, which go with the deployment."""
        self._uses_kafka = True
        return self.stack.wiring.kafka_bootstrap

    # databases and settings

    def begins_with(self, contents: Contents) -> None:
        """Before the first who asks for the service's database."""
        assert contents.service not in self._made
        self._contents[contents.service] = contents

    async def database(self, service: str) -> Database:
        """The test's own, one for all who ask."""
        if service not in self._databases:
            db = self._databases[service] = open_database(service, "test", await self.ready_settings(service))
            self._exit.push_async_callback(db.close)
        return self._databases[service]

    async def ready_settings(self, service: str, **more: Any) -> ServiceSettings:
        if service not in self._made:
            self._made[service] = await self._take_database(service)
        return self.settings(service, **more)

    def settings(self, service: str, **more: Any) -> ServiceSettings:
        """The database must have been made by `database` or `ready_settings`."""
        values: dict[str, Any] = {
            "postgres_dsn": self._made[service],
            "kafka_bootstrap": self.stack.wiring.kafka_bootstrap,
            "topic_prefix": self.prefix,
            "oidc_issuer": self.stack.wiring.issuer_url,
            "environment": "test",
            "pool_size": 5,
        }
        if service == "alerts":
            values |= {
                "secrets_key": SECRETS_KEY,
                "public_url": "http://127.0.0.1:8102",
                "webhook_allowed_networks": ["127.0.0.0/8"],
            }
        return roles_of(service).settings(**(values | more))

    async def _take_database(self, service: str) -> str:
        name = await self._pool.take(self._contents.setdefault(service, Contents(service)))
        dsn = self.stack.wiring.databases.dsn(service).rsplit("/", 1)[0] + f"/{name}"
        if self.offset:
            await shift_app_now(dsn, self.offset)
        return dsn

    # time

    async def advance(self, **by: float) -> None:
        """Moves the business clock of every service on (minutes=5); engines see it with their next look."""
        self.offset += timedelta(**by)
        await asyncio.gather(*(shift_app_now(dsn, self.offset) for dsn in self._made.values()))

    # people and processes

    def token(self, *roles: str, **claims: Any) -> str:
        return self.stack.token(roles, **{name: value and str(value) for name, value in claims.items()})

    async def client(
        self, service: str, *roles: str, org: UUID | None = None, worker: UUID | None = None, **claims: Any
    ) -> httpx.AsyncClient:
        """The real app in process, one for all clients. Without roles: no token."""
        if service not in self._apps:
            settings = await self.ready_settings(service)
            self._apps[service] = roles_of(service).app(open_database(service, "api", settings), settings)
            app = self._apps[service]
            await self._exit.enter_async_context(app.router.lifespan_context(app))
        headers = {"Authorization": f"Bearer {self.token(*roles, org=org, worker=worker, **claims)}"} if roles else {}
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self._apps[service], raise_app_exceptions=False),
            base_url="http://truce.test",
            headers=headers,
        )
        return await self._exit.enter_async_context(client)

    def app(self, service: str) -> FastAPI:
        """Somebody must have asked for a client of it."""
        return self._apps[service]

    async def start(self, service: str, role: str) -> asyncio.Task[None]:
        """Runs `stream` or `engine`, once, until `stop` or the end of the test; its failure fails the test."""
        if (service, role) in self._tasks:
            return self._tasks[service, role]
        if role == "stream":
            await self._create_topics(created_by(service) | {one.name: one.partitions for one in consumed_by(service)})
        settings = await self.ready_settings(service)
        db = open_database(service, role, settings)
        roles = roles_of(service)
        build = roles.stream if role == "stream" else roles.engine
        assert build is not None
        work = build(db, settings)

        async def run() -> None:
            try:
                await work.run()
            finally:
                await work.stop()
                await db.close()

        task = asyncio.create_task(run(), name=f"{service} {role}")
        self._tasks[service, role] = task
        return task

    async def stop(self, service: str, role: str) -> None:
        task = self._tasks.pop((service, role))
        await end([task], within_s=16)
        assert task.cancelled(), f"{service} {role} ended by itself: {task}"

    # topics

    async def _create_topics(self, wanted: dict[str, int]) -> None:
        """Those alone that somebody reads or writes: each takes a broker its time, to make and to take away."""
        missing = {name: count for name, count in wanted.items() if name not in self._topics}
        if missing:
            names = {self.prefix + name: min(count, self.most_partitions) for name, count in missing.items()}
            await create_topics(self.bootstrap, names)
            self._topics.update(missing)

    async def publish(self, *events: Event) -> None:
        for event in events:
            headers = headers_of(event, event_id=new_id(), traceparent=None)
            body = event.model_dump_json(exclude_none=True).encode()
            await self.send_raw(event.TOPIC.name, event.root.encode(), body, headers)

    async def send_raw(
        self, topic: str, key: bytes | None, value: bytes | None, headers: dict[str, str] | list[tuple[str, bytes]]
    ) -> None:
        await self._create_topics(_declared(topic))
        pairs = headers if isinstance(headers, list) else [(name, text.encode()) for name, text in headers.items()]
        producer = make_producer(self.bootstrap, client_id="test")
        await producer.start()
        try:
            await producer.send_and_wait(self.prefix + topic, value, key=key, headers=pairs)
        finally:
            await producer.stop()

    async def events(self, topic: str) -> list[tuple[str, dict[str, Any]]]:
        """Everything on the topic now: (type, body), in offset order per partition."""
        return [(kind, body) for kind, body, _ in await self.records(topic)]

    async def records(self, topic: str) -> list[tuple[str, dict[str, Any], dict[str, str]]]:
        """(type, body, headers) of everything on the topic now."""
        found = []
        for record in await self.raw_records(topic):
            headers = {name: value.decode() for name, value in record.headers}
            found.append((headers.get("ce_type", ""), json.loads(record.value or b"{}"), headers))
        return found

    async def raw_records(self, topic: str) -> list[ConsumerRecord]:
        await self._create_topics(_declared(topic))
        return await everything_on(self.bootstrap, self.prefix + topic)

    async def close(self) -> None:
        for service, role in list(self._tasks):
            await self.stop(service, role)
        await self._exit.aclose()
        for service, dsn in self._made.items():
            await self._pool.give_back(self._contents[service], dsn.rsplit("/", 1)[1])
        if self._uses_kafka:
            await delete_topics(self.bootstrap, self.prefix)


def _declared(name: str) -> dict[str, int]:
    """The topic, or one of dead letters, as it was declared."""
    counts = {topic.name: topic.partitions for topic in TOPICS}
    dead = {dead_letter_topic(topic.name, service): 1 for topic in TOPICS for service in topic.consumers}
    return {name: (counts | dead)[name]}
