"""`/livez`, `/readyz`, `/metrics`. A dead broker degrades, it does not make reports stop."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.auth.guards import public
from shared.messaging.vital_signs import read_vital_signs
from shared.observability.logs import get_logger
from shared.persistence.database import Database
from shared.persistence.migrate import is_current

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
            signs = await _signs(db) if current else {}
        except Exception as error:  # noqa: BLE001 - whatever the reason, this process cannot serve now
            log.warning("ready.database", error=type(error).__name__)
            return JSONResponse({"status": "database unreachable"}, status_code=503)
        if not current:
            return JSONResponse({"status": "migrations missing"}, status_code=503)
        return JSONResponse({"status": "ready", **signs})

    @router.get("/metrics")
    @public
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def _signs(db: Database) -> dict[str, Any]:
    """What is degraded, and what others judge it by: the database's clock, and since when the first event waits."""
    async with db.transaction() as tx:
        signs = await read_vital_signs(tx)
    oldest = signs.outbox_oldest
    return {
        "degraded": signs.degraded,
        "clock": signs.clock.isoformat(),
        "outbox_oldest": oldest.isoformat() if oldest else None,
    }
