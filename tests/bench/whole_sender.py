"""The whole sender: messages that wait in the database are claimed, signed, sent and settled, one by one."""

import asyncio
import ipaddress
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local.ports import Ports
from deploy.local.stack import LocalStack, StackOptions
from services.alerts.delivery.address_guard import AddressGuard
from services.alerts.delivery.secret_box import SecretBox, endpoint_secret_context
from services.alerts.delivery.transport import AiohttpTransport
from shared.kernel.ids import new_id
from shared.persistence.database import Database
from tests.bench.receiving import receiving
from tests.support.deployment import SECRETS_KEY_BYTES, Deployment
from tests.support.senders import new_secret, sender_of

ENDPOINTS, MESSAGES = 200, 4_000
_ENDPOINT = """
INSERT INTO webhook_endpoints (id, version, owner_kind, url, secret_sealed, enabled, created_at)
VALUES (:id, 1, 'duty_dispatcher', :url, :secret, true, clock_timestamp())
"""
_FILL = """
INSERT INTO deliveries (id, class, kind, endpoint_id, body, state, attempts, next_attempt_at)
SELECT gen_random_uuid(), 'urgent', 'bench', id, :body, 'pending', 0, clock_timestamp()
FROM webhook_endpoints CROSS JOIN generate_series(1, :each)
"""
_LEFT = "SELECT count(*) AS left FROM deliveries WHERE state <> 'delivered'"
_DOUBLE = "SELECT count(*) AS attempts FROM delivery_attempts WHERE number > 1"


@dataclass(frozen=True)
class WholeSender:
    per_second: float
    repeated: int
    received: int
    bad: int

    @property
    def figures(self) -> dict[str, float]:
        return {
            "whole sender with its database, webhooks/s": self.per_second,
            "whole sender: messages": MESSAGES,
            "whole sender: received, different ids": self.received,
            "whole sender: attempts made again": self.repeated,
        }

    @property
    def holds(self) -> bool:
        return self.received == MESSAGES and not self.repeated and not self.bad


async def whole_sender(folder: Path) -> WholeSender:
    stack = LocalStack(folder / "stack", Ports.free(), StackOptions(durable=True))
    await stack.start_infrastructure()
    try:
        deployment = Deployment(stack, "sender")
        db = await deployment.database("alerts")
        secrets = {f"/{number}": new_secret() for number in range(ENDPOINTS)}
        async with receiving(folder, secrets) as receiver:
            await _fill(db, {receiver.url(path): secret for path, secret in secrets.items()})
            took_s = await _drained(deployment, db)
        async with db.transaction() as tx:
            repeated = (await tx.row(_DOUBLE))["attempts"]
        await deployment.close()
    finally:
        await stack.stop()
    return WholeSender(MESSAGES / took_s, repeated, receiver.account["ids"], receiver.account["bad"])


async def _fill(db: Database, secrets: dict[str, str]) -> None:
    box = SecretBox(SECRETS_KEY_BYTES)
    async with db.transaction() as tx:
        for url, secret in secrets.items():
            endpoint = new_id()
            sealed = box.seal(secret, context=endpoint_secret_context(endpoint))
            await tx.run(_ENDPOINT, id=endpoint, url=url, secret=sealed)
        await tx.run(_FILL, body=b'{"type":"bench"}', each=MESSAGES // ENDPOINTS)


async def _drained(deployment: Deployment, db: Database) -> float:
    async with AiohttpTransport(AddressGuard([ipaddress.ip_network("127.0.0.0/8")])) as transport:
        sender = sender_of(deployment, db, transport)
        began = time.perf_counter()
        sending = asyncio.create_task(sender.run(asyncio.Event()))
        while await _left(db):
            await asyncio.sleep(0.05)
        took_s = time.perf_counter() - began
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending
        await sender.drain()
    return took_s


async def _left(db: Database) -> int:
    async with db.transaction() as tx:
        return int((await tx.row(_LEFT))["left"])
