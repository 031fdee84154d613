"""`/livez`, `/readyz`, `/metrics`. A dead broker degrades, it does not make reports stop."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.auth.guards import public
from shared.observability.logs import get_logger
from shared.persistence.database import Database
from shared.persistence.migrate import is_current

STALE_S = 10
_DEGRADED = """
SELECT
  EXISTS (SELECT FROM outbox WHERE published_at IS NULL AND set_aside_at IS NULL
          AND created_at < clock_timestamp() - make_interval(secs => :stale_s)) AS outbox_waits,
  NOT EXISTS (SELECT FROM heartbeats WHERE role = 'stream'
          AND beat_at > clock_timestamp() - make_interval(secs => :stale_s)) AS stream_silent,
  EXISTS (SELECT FROM consumer_stop) AS consumer_stopped
"""
log = get_logger(__name__)


def health_router(versions: Path) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    current = False

    @router.get("/livez")
    @public
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    @public
    async def readyz(request: Request) -> JSONResponse:
        nonlocal current
        db: Database = request.app.state.db
        try:
            current = current or await is_current(db.engine, versions)
            degraded = await degradations(db) if current else []
        except Exception as error:  # noqa: BLE001 - whatever the reason, this process cannot serve now
            log.warning("ready.database", error=type(error).__name__)
            return JSONResponse({"status": "database unreachable"}, status_code=503)
        if not current:
            return JSONResponse({"status": "migrations missing"}, status_code=503)
        return JSONResponse({"status": "ready", "degraded": degraded})

    @router.get("/metrics")
    @public
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def degradations(db: Database) -> list[str]:
    async with db.transaction() as tx:
        row: Any = await tx.row(_DEGRADED, stale_s=STALE_S)
    return [name for name in ("outbox_waits", "stream_silent", "consumer_stopped") if row[name]]
