"""The sample receiver, as `python -m deploy.local receiver` runs it, called by the service's own transport."""

import asyncio
import ipaddress
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.local.failures import StackFailure
from deploy.local.ports import free_ports
from deploy.local.receiver import Checker
from services.alerts.delivery.address_guard import AddressGuard
from services.alerts.delivery.outcomes import AttemptOutcome, Delivered, Rejected
from services.alerts.delivery.signing import Scheme, new_key, public_key, signed_headers
from services.alerts.delivery.transport import AiohttpTransport
from tests.support.waiting import eventually

PROJECT = Path(__file__).resolve().parents[3]
PAGE = "http://127.0.0.1:8102/r/1"
BODY = json.dumps(
    {
        "type": "truce.offer.made",
        "data": {"role": "scene", "area": "Alder", "links": {"respond": PAGE, "accept": "/v1/offers/1/accept"}},
    }
).encode()
LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]


@asynccontextmanager
async def running(secret: str, log: Path) -> AsyncIterator[int]:
    (port,) = free_ports(1)
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "deploy.local", "receiver", "--secret", secret, "--port", str(port),
            cwd=PROJECT, stdout=output, stderr=output,
        )  # fmt: skip
    try:

        async def up() -> bool:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                return False
            writer.close()
            return True

        await eventually(up, within_s=30)
        yield port
    finally:
        process.terminate()
        await process.wait()


async def call(transport: AiohttpTransport, port: int, key: str, *, age: timedelta = timedelta(0)) -> AttemptOutcome:
    at = int((datetime.now(UTC) - age).timestamp())
    headers = signed_headers([new_key(Scheme.ED25519), key], "msg_1", at, BODY)
    return await transport.post(f"http://127.0.0.1:{port}/desk", headers, BODY, timeout=timedelta(seconds=10))


@pytest.mark.parametrize("scheme", Scheme)
async def test_what_is_signed_is_printed_in_one_line_and_anything_else_refused(scheme: Scheme, tmp_path: Path) -> None:
    key, log = new_key(scheme), tmp_path / "receiver.log"
    async with AiohttpTransport(AddressGuard(LOOPBACK)) as transport, running(public_key(key) or key, log) as port:
        outcomes = [
            await call(transport, port, key),
            await call(transport, port, key),
            await call(transport, port, new_key(scheme)),
            await call(transport, port, key, age=timedelta(minutes=6)),
        ]
    assert [type(outcome) for outcome in outcomes] == [Delivered, Delivered, Rejected, Rejected]
    lines = log.read_text().splitlines()[1:]
    assert [line.split("  ", 1)[1] for line in lines] == [
        f"truce.offer.made             area=Alder  role=scene  respond={PAGE}  [msg_1]",
        f"again: truce.offer.made             area=Alder  role=scene  respond={PAGE}  [msg_1]",
        "refused: not signed with this key",
        "refused: not signed with this key",
    ]


@pytest.mark.parametrize("secret", ["", "whsec_short", "whpk_AAAA", "not base64 at all"])
def test_a_secret_that_is_none_is_one_sentence(secret: str) -> None:
    with pytest.raises(StackFailure):
        Checker(secret)
