"""The receivers, in a process of their own: every request is recorded with its raw bytes and headers, then answered.

    python -m tests.chaos.phones FOLDER PORT

FOLDER holds `crew.json` once somebody is registered, and gets `received.jsonl` and `calls.jsonl`. On standard input
`heal` makes everybody willing, `leave` ends the process when the last person has finished a call. What was received is
in the file before it is answered.
"""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Literal

from aiohttp import web

from tests.chaos.calls import Caller, wall_clock
from tests.chaos.crew import Crew
from tests.chaos.history import Received, Recorder
from tests.chaos.people import People
from tests.chaos.script import Reception

# Longer than the sender waits for an urgent message, and than it does for a notice before it gives up on this one.
HANG_S = 20.0


class Phones:
    def __init__(self, recorder: Recorder, people: People) -> None:
        self._recorder = recorder
        self._people = people
        self._closing = asyncio.Event()
        self._attempts: Counter[str] = Counter()

    async def receive(self, request: web.Request) -> web.StreamResponse:
        body, at, person = await request.read(), wall_clock(), request.match_info["person"]
        message = json.loads(body)
        how = self._reception(person, message)
        self._recorder.received(Received(at, person, _headers(request), body, _answered(how)))
        if how == "hang":
            await self._hang()
        if how in {"hang", "close"}:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=503)
        if how == "error":
            return web.Response(status=500)
        self._rings(person, message)
        return web.Response(status=204)

    def _reception(self, person: str, message: dict[str, Any]) -> Reception:
        """Only questions meet trouble: what a check says of notices and pages must not depend on manners."""
        if message["type"] != "truce.offer.made":
            return "taken"
        offer = message["data"]["offer_id"]
        self._attempts[offer] += 1
        how = self._people.manner_towards(person, offer)
        return how.reception if self._attempts[offer] <= how.failures else "taken"

    def _rings(self, person: str, message: dict[str, Any]) -> None:
        if message["type"] == "truce.offer.made":
            self._people.is_asked(person, message["data"])
        elif message["type"].startswith("truce.page."):
            self._people.is_paged(message["data"]["page_id"])

    async def _hang(self) -> None:
        try:
            async with asyncio.timeout(HANG_S):
                await self._closing.wait()
        except TimeoutError:
            return

    def close(self) -> None:
        self._closing.set()


def _headers(request: web.Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _answered(how: Reception) -> "int | Literal['hung', 'closed']":
    match how:
        case "taken":
            return 204
        case "error":
            return 500
        case "hang":
            return "hung"
        case "close":
            return "closed"


async def serve(folder: Path, port: int) -> None:
    recorder = Recorder(folder)
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    caller = Caller(recorder)
    people = People(Crew.load(folder), caller)
    phones = Phones(recorder, people)
    app = web.Application()
    app.router.add_post("/{person}", phones.receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    while order := await orders.readline():
        if order == b"heal\n":
            people.healed = True
            phones.close()
        if order == b"leave\n":
            break
    caller.hurried = True
    await people.leave()
    await runner.cleanup()
    await caller.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
