"""A reporting deployment: events go in through Kafka, numbers come out through the API."""

from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from services.reporting.programme import Programme
from services.reporting.usecases.load_programme import load_programme
from shared.contracts.event import Event
from shared.kernel.ids import new_id
from shared.messaging.envelope import headers_of
from shared.messaging.kafka import make_producer
from shared.persistence.database import Database
from tests.support.deployment import Deployment
from tests.support.waiting import eventually

TARGETS_S = {"first_attempt": 15.0, "acknowledged": 60.0, "accepted": 120.0, "on_scene": 600.0, "triage": 86_400.0}
DC = Programme("dc_onse", "America/New_York", TARGETS_S)
_READ = "SELECT coalesce(sum(next_offset), 0) AS records FROM consumer_positions"


class Ledger:
    def __init__(self, deployment: Deployment, db: Database, client: httpx.AsyncClient) -> None:
        self.deployment = deployment
        self.db = db
        self.client = client
        self._sent = 0

    async def tell(self, events: Iterable[Event]) -> None:
        """Publishes in this order and waits until all of it was read."""
        sent = list(events)
        producer = make_producer(self.deployment.bootstrap, client_id="histories")
        await producer.start()
        try:
            for event in sent:
                headers = headers_of(event, event_id=new_id(), traceparent=None)
                await producer.send(
                    self.deployment.prefix + event.TOPIC.name,
                    event.model_dump_json(exclude_none=True).encode(),
                    key=event.root.encode(),
                    headers=[(name, text.encode()) for name, text in headers.items()],
                )
            await producer.flush()
        finally:
            await producer.stop()
        await self.was_sent(len(sent))

    async def was_sent(self, records: int) -> None:
        """As long as reading goes on, however slowly: how busy the machine is says nothing about the numbers."""
        self._sent += records
        while (read := await self._read()) != self._sent:

            async def more(before: int = read) -> bool:
                return await self._read() != before

            await eventually(more, within_s=30)

    async def _read(self) -> int:
        async with self.db.transaction() as tx:
            return int((await tx.row(_READ))["records"])

    async def ask(self, kpi: str, **query: str) -> dict[str, Any]:
        response = await self.client.get(f"/v1/kpis/{kpi}", params=query)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def counts(self, kpi: str, by: str, **query: str) -> dict[Any, int]:
        """Count by the value of one dimension, or by the values of several as a tuple."""
        answer = await self.ask(kpi, by=by, **query)
        return {_key(row["by"], by.split(",")): row["values"]["count"] for row in answer["rows"]}

    async def total(self, kpi: str, **query: str) -> dict[str, Any]:
        total: dict[str, Any] = (await self.ask(kpi, **query))["total"]
        return total


def _key(values: dict[str, Any], names: list[str]) -> Any:
    return values[names[0]] if len(names) == 1 else tuple(values[name] for name in names)


@pytest.fixture
async def ledger(deployment: Deployment) -> Ledger:
    db = await deployment.database("reporting")
    async with db.transaction() as tx:
        await load_programme(tx, DC)
    made = Ledger(deployment, db, await deployment.client("reporting", "analyst"))
    await deployment.start("reporting", "stream")
    return made
