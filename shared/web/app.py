"""The app factory: every service's HTTP side has the same limits, problems, health and authentication."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI

from shared.auth.tokens import TokenVerifier
from shared.persistence.database import Database
from shared.runtime.settings import ServiceSettings
from shared.web import problems
from shared.web.body_deadline import BodyDeadline
from shared.web.body_limit import BodyLimit
from shared.web.health import health_router
from shared.web.observe import Observe


def create_app(
    title: str, db: Database, settings: ServiceSettings, *, routers: Sequence[APIRouter], versions: Path
) -> FastAPI:
    """`versions`: the service's migrations, which `/readyz` compares with the database."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await db.close()

    app = FastAPI(
        title=title,
        version="1",
        lifespan=lifespan,
        telemetry={"logs": False},
        redoc_url=None,
    )
    app.state.db = db
    app.state.settings = settings
    app.state.verifier = TokenVerifier(settings.oidc_issuer, settings.oidc_audience)
    problems.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(BodyDeadline)
    app.add_middleware(Observe)
    for router in routers:
        app.include_router(router)
    app.include_router(health_router(versions))
    return app
