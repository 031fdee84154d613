"""A way to a service that lets so many through, and answers the others by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from deploy.local.ports import free_ports

_PASSED_ON = ("Authorization", "Content-Type", "Idempotency-Key")


class Gate:
    """`shut`: the status that answers each further POST, once `passes` more have gone through; 0: no answer at all.
    `turned_away`: how many POSTs were not let through. `retry_after`: what those are told.
    """

    def __init__(self, behind: str, url: str) -> None:
        self.url = url
        self.shut: int | None = None
        self.passes = 0
        self.turned_away = 0
        self.retry_after: str | None = None
        self._behind = behind

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        if self.shut is not None and request.method == "POST":
            if self.passes == 0:
                return await self._shut(self.shut)
            self.passes -= 1
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        body = await request.read()
        async with (
            aiohttp.ClientSession() as session,
            session.request(request.method, self._behind + request.path, data=body, headers=headers) as answer,
        ):
            return web.Response(body=await answer.read(), status=answer.status, content_type="application/json")

    async def _shut(self, status: int) -> web.Response:
        self.turned_away += 1
        if status == 0:
            await asyncio.Event().wait()
        headers = {} if self.retry_after is None else {"Retry-After": self.retry_after}
        return web.json_response({"detail": "Shut."}, status=status, headers=headers)


@asynccontextmanager
async def gate_before(behind: str) -> AsyncIterator[Gate]:
    port = free_ports(1)[0]
    gate, app = Gate(behind, f"http://127.0.0.1:{port}"), web.Application()
    app.router.add_route("*", "/{path:.*}", gate.pass_on)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield gate
    finally:
        await runner.cleanup()
