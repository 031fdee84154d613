"""The app factory: every service's HTTP side has the same limits, problems, health and authentication."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI

from shared.auth.tokens import TokenVerifier
from shared.observability.logs import get_logger
from shared.persistence.database import Database
from shared.runtime.heartbeat import beat_whatever_happens
from shared.runtime.settings import ServiceSettings
from shared.web import problems
from shared.web.admission import Admission
from shared.web.body_deadline import BodyDeadline
from shared.web.body_limit import BodyLimit
from shared.web.health import health_router
from shared.web.observe import Observe

Background = Callable[[], Awaitable[None]]
log = get_logger(__name__)


def create_app(
    title: str,
    db: Database,
    settings: ServiceSettings,
    *,
    routers: Sequence[APIRouter],
    versions: Path,
    beside: Sequence[Background] = (),
) -> FastAPI:
    """`versions`: the service's migrations, which `/readyz` compares with the database.

    `beside`: what goes on while requests are served; it ends only by being cancelled.
    """
    app = FastAPI(
        title=title,
        version="1",
        lifespan=_lifespan(db, (lambda: beat_whatever_happens(db, "api"), *beside)),
        telemetry={"logs": False},
        redoc_url=None,
        # As they are. Included, each would be built once more for this app, and looked for in two steps per request.
        routes=[route for router in (*routers, health_router(versions)) for route in router.routes],
    )
    app.state.db = db
    app.state.settings = settings
    app.state.feeds = {}
    app.state.body_limits = {}
    app.state.verifier = TokenVerifier(settings.oidc_issuer, settings.oidc_audience)
    problems.install(app)
    app.add_middleware(Admission)
    app.add_middleware(BodyLimit)
    app.add_middleware(BodyDeadline)
    app.add_middleware(Observe)
    return app


def _say_if_failed(task: "asyncio.Future[None]") -> None:
    """Requests are served on; the defect must be seen."""
    if not task.cancelled() and task.exception() is not None:
        log.error("app.background_ended", exc_info=task.exception())


def _lifespan(db: Database, works: Sequence[Background]) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.ensure_future(work()) for work in works]
        for task in tasks:
            task.add_done_callback(_say_if_failed)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await db.close()

    return lifespan
