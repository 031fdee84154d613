"""`/livez`, `/readyz` and `/metrics` of a process that serves nothing else. Readiness: it reaches its database."""

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.observability.logs import get_logger
from shared.persistence.database import Database

log = get_logger(__name__)


async def open_side_port(db: Database, host: str, port: int) -> web.AppRunner:
    async def livez(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_: web.Request) -> web.Response:
        try:
            async with db.transaction() as tx:
                await tx.now()
        except Exception as error:  # noqa: BLE001 - whatever the reason, it is not ready
            log.warning("ready.database", error=type(error).__name__)
            return web.json_response({"status": "database unreachable"}, status=503)
        return web.json_response({"status": "ready"})

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.add_routes([web.get("/livez", livez), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
