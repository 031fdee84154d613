"""The live board, from real processes: nothing is lost over a kill, a slow receiver harms nobody, the end is prompt."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from deploy.local.ports import free_ports
from deploy.local.processes import Process
from services.alerts.queries.dispatches import DISPATCHES
from shared.messaging.feed import announce
from shared.runtime.process import DRAIN_S
from shared.web.admission import AT_ONCE
from tests.integration.alerts.conftest import AlertsAlone
from tests.integration.alerts.test_restricted import becomes
from tests.support.births import BIRTHS
from tests.support.deployment import SECRETS_KEY
from tests.support.event_streams import Received, following
from tests.support.served_intake import answers
from tests.support.waiting import eventually
from tests.support.world import OAK_STREET, RIVER_ROAD, World

PATH = "/v1/dispatches/stream"
# Nine hundred of these are more than all buffers between two processes hold.
MUCH = "." * 10_000


class Api:
    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    async def ended(self, by: signal.Signals) -> float:
        """How long it took, in seconds."""
        began = time.perf_counter()
        self.process.send_signal(by)
        await self.process.wait()
        return time.perf_counter() - began


@asynccontextmanager
async def api(world: World, folder: Path) -> AsyncIterator[Api]:
    settings = world.deployment.settings("alerts")
    (port,) = free_ports(1)
    variables = {
        "POSTGRES_DSN": settings.postgres_dsn.get_secret_value(),
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "OIDC_ISSUER": settings.oidc_issuer,
        "HTTP_PORT": str(port),
        "SECRETS_KEY": SECRETS_KEY,
        "PUBLIC_URL": "http://127.0.0.1:8102",
        "ENVIRONMENT": "test",
    }
    environment = os.environ | {f"TRUCE_ALERTS_{name}": value for name, value in variables.items()}
    output = folder / f"api-{port}.log"
    process = await BIRTHS.born(output, "services.alerts", "api", environment=environment)
    made = Api(process, port)
    try:
        await eventually(lambda: answers(f"{made.url}/readyz"), within_s=30)
        yield made
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
            await process.wait()


async def happens(world: World, incident: str, *changes: str) -> None:
    for change in changes:
        async with world.alerts_db.transaction() as tx:
            announce(tx, feed=DISPATCHES, subject=incident, change=change)


async def told(received: Received, change: str) -> None:
    async def there() -> bool:
        return any(data.get("change") == change for _, _, data in received.events)

    await eventually(there, within_s=15)


async def greeted(received: Received) -> None:
    async def there() -> bool:
        return bool(received.events)

    await eventually(there, within_s=15)


async def test_nothing_is_lost_over_a_kill_and_what_happened_meanwhile_comes(
    alone: AlertsAlone, tmp_path: Path
) -> None:
    world, received = alone.world, Received()
    desk = world.bearer("dispatcher")
    incident = await alone.incident()
    async with api(world, tmp_path) as first, following(first.url + PATH, desk, received):
        await greeted(received)
        writing = asyncio.create_task(happens(world, incident, *(f"before.{n}" for n in range(200))))
        await told(received, "before.20")
        await first.ended(signal.SIGKILL)
        await writing
    assert not received.ended
    began_at = received.events[0][0]
    async with api(world, tmp_path) as second, following(second.url + PATH, desk, received):
        await told(received, "before.199")
        await happens(world, incident, "after")
        await told(received, "after")
    assert received.positions() == list(range(began_at + 1, began_at + 1 + len(received.positions())))
    changes = [data["change"] for _, name, data in received.events if name == "dispatch"]
    assert [one for one in changes if one.startswith("before")] == [f"before.{n}" for n in range(200)]
    line = received.events[-1][2]["dispatch"]
    shown = (await world.alerts.get("/v1/dispatches", headers=desk)).json()["items"][0]
    assert line | {"age_s": 0} == shown | {"age_s": 0}


async def test_everybody_gets_their_lines_and_streams_end_by_themselves_with_the_process(
    alone: AlertsAlone, tmp_path: Path
) -> None:
    """Far more streams than requests are worked on at once, and requests are answered beside them."""
    world, many = alone.world, [Received() for _ in range(AT_ONCE + 20)]
    river, oak, elsewhere = Received(), Received(), Received()
    incident = await alone.incident()
    desk = world.bearer("dispatcher")
    async with api(world, tmp_path) as running, AsyncExitStack() as streams:
        url = running.url + PATH
        for received in many:
            await streams.enter_async_context(following(url, desk, received))
            await greeted(received)
        for organization, received in ((OAK_STREET, oak), (RIVER_ROAD, river)):
            supervisor = world.bearer("supervisor", org=organization)
            await streams.enter_async_context(following(f"{url}?mine=true", supervisor, received))
        await streams.enter_async_context(following(f"{url}?community=birch", desk, elsewhere))
        for received in (oak, river, elsewhere):
            await greeted(received)
        await happens(world, incident, "a", "b")
        for received in (*many, oak):
            await told(received, "b")
        assert (len(river.events), len(elsewhere.events)) == (1, 1)
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{running.url}/v1/dispatches", headers=desk) as list_,
        ):
            assert list_.status == 200
        # A stream that does not end by itself is waited for so long, and then cut off.
        assert await running.ended(signal.SIGTERM) < DRAIN_S
        assert all(received.ended for received in (*many, oak, river, elsewhere))


async def test_a_receiver_that_reads_nothing_is_let_go_and_the_others_are_told(
    alone: AlertsAlone, tmp_path: Path
) -> None:
    world, received = alone.world, Received()
    incident = await alone.incident()
    desk = world.bearer("dispatcher")
    async with api(world, tmp_path) as running:
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.connect(("127.0.0.1", running.port))
        deaf.sendall(f"GET {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: {desk['Authorization']}\r\n\r\n".encode())
        async with following(running.url + PATH, desk, received):
            await greeted(received)
            await happens(world, incident, *(f"{n}{MUCH}" for n in range(900)))
            await told(received, f"899{MUCH}")

            async def alone_there() -> bool:
                async with aiohttp.ClientSession() as session, session.get(f"{running.url}/metrics") as answer:
                    return 'truce_http_streams{feed="dispatches"} 1.0' in await answer.text()

            await eventually(alone_there, within_s=20)
        deaf.close()


async def test_a_position_that_is_not_known_any_more_tells_to_read_the_list_again(
    alone: AlertsAlone, tmp_path: Path
) -> None:
    world, ahead = alone.world, Received(last_id=10**9)
    incident = await alone.incident()
    async with api(world, tmp_path) as running:
        async with following(running.url + PATH, world.bearer("dispatcher"), ahead):
            await greeted(ahead)
            await happens(world, incident, "later")
            await told(ahead, "later")
        assert ahead.events[0][1] == "reload"


@pytest.mark.parametrize("last", ["-1", "abc", "1.5", "9" * 19])
async def test_a_position_that_was_never_one_is_refused(alone: AlertsAlone, last: str) -> None:
    headers = alone.world.bearer("dispatcher") | {"Last-Event-ID": last}
    answer = await alone.world.alerts.get(PATH, headers=headers)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "bad-position")


async def test_whoever_may_not_read_the_board_may_not_follow_it(alone: AlertsAlone) -> None:
    answer = await alone.world.alerts.get(PATH, headers=alone.world.bearer("interrupter"))
    assert answer.status_code == 403


async def test_what_becomes_restricted_leaves_the_board(alone: AlertsAlone, tmp_path: Path) -> None:
    world, desk, supervisor = alone.world, Received(), Received()
    incident = await alone.incident()
    async with (
        api(world, tmp_path) as running,
        following(running.url + PATH, world.bearer("dispatcher"), desk),
        following(running.url + PATH, world.bearer("supervisor", org=OAK_STREET), supervisor),
    ):
        for received in (desk, supervisor):
            await greeted(received)
        await happens(world, incident, "before")
        await told(desk, "before")
        await becomes(alone, incident, restricted=True)
        await happens(world, incident, "after")
        await told(supervisor, "after")
        await becomes(alone, incident, restricted=False, version=4)
        await told(desk, "incident.visibility_changed")
        seen = [data.get("change", name) for _, name, data in desk.events[1:]]
    assert seen == ["before", "gone", "incident.visibility_changed"]
    assert next(data for _, name, data in desk.events if name == "gone") == {"incident_id": incident}
    assert "gone" not in [name for _, name, _ in supervisor.events]
