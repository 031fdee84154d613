"""Many interrupters behind one real receiver. They answer when told to: a person needs longer than a burst lasts."""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import aiohttp
from aiohttp import web

from deploy.local.stack import LocalStack
from shared.kernel.ids import new_id

Heard = Callable[[str, dict[str, Any], float], None]


class Crowd:
    """`first_at`: incident → when its first message arrived (perf_counter). `answer` makes all accept, then clear.

    `heard`: called with worker, message and time of arrival, beside.
    """

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._url = stack.wiring.url("alerts")
        self.first_at: dict[str, float] = {}
        self.messages = 0
        self.failures: list[str] = []
        self.heard: Heard | None = None
        self._open: list[tuple[str, str]] = []
        self._tokens: dict[str, str] = {}

    async def open(self) -> None:
        app = web.Application()
        app.router.add_post("/{worker}", self._receive)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        self._session = aiohttp.ClientSession()
        self._office = {"Authorization": f"Bearer {self._stack.token(['program_office', 'admin'])}"}

    async def join(self, count: int, places: list[tuple[str, float, float]], organization: UUID) -> None:
        """`places`: community, lat, lon; dealt out in turn."""
        for number in range(count):
            community, lat, lon = places[number % len(places)]
            worker = str(new_id())
            await self._created(
                "/v1/interrupters",
                {
                    "id": worker,
                    "organization_id": str(organization),
                    "call_sign": f"bench-{number}",
                    "roles": ["scene"],
                    "team_community": community,
                    "floater": True,
                    "home": {"lat": lat, "lon": lon},
                    "licences": [{"community": name, "from_day": "2021-01-01"} for name, _, _ in places],
                    "on_duty": True,
                },
            )
            await self._created(
                "/v1/webhook-endpoints",
                {
                    "owner": {"kind": "interrupter", "id": worker},
                    "url": f"http://127.0.0.1:{self._port}/{worker}",
                },
            )

    async def _created(self, path: str, body: dict[str, Any]) -> None:
        async with self._session.post(self._url + path, json=body, headers=self._office) as answer:
            assert answer.status == 201, await answer.text()

    async def _receive(self, request: web.Request) -> web.Response:
        arrived = time.perf_counter()
        message = await request.json()
        self.messages += 1
        if self.heard is not None:
            self.heard(request.match_info["worker"], message, arrived)
        elif message["type"] == "truce.offer.made":
            self._open.append((request.match_info["worker"], message["data"]["offer_id"]))
        if message["type"] == "truce.offer.made":
            self.first_at.setdefault(message["data"]["incident_id"], arrived)
        return web.Response(status=204)

    async def answer(self) -> None:
        """Everybody asked so far accepts and clears, a few at a time."""
        asked, self._open = self._open, []
        gate = asyncio.Semaphore(4)

        async def one(worker: str, offer: str) -> None:
            async with gate:
                await self._respond(worker, offer)

        await asyncio.gather(*(one(worker, offer) for worker, offer in asked))

    async def _respond(self, worker: str, offer: str) -> None:
        accepted = await self.tap(worker, f"offers/{offer}/accept")
        if accepted is not None:
            for step in ("on-scene", "clear"):
                await self.tap(worker, f"assignments/{accepted['assignment_id']}/{step}")

    async def tap(self, worker: str, path: str, **body: str) -> dict[str, Any] | None:
        """The answer; None, and noted among the failures, if it is a refusal."""
        if worker not in self._tokens:
            self._tokens[worker] = self._stack.token(["interrupter"], worker=worker)
        headers = {"Authorization": f"Bearer {self._tokens[worker]}"}
        async with self._session.post(f"{self._url}/v1/{path}", json=body or None, headers=headers) as answer:
            if answer.status != 200:
                self.failures.append(f"{path.rpartition('/')[2]} {answer.status}")
                return None
            return dict(await answer.json())

    async def close(self) -> None:
        await self._session.close()
        await self._runner.cleanup()
