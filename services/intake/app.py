"""Intake's HTTP side. It takes reports while Kafka is away; it needs the programme in its database and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.intake.api import (
    area_sets,
    corrections,
    decisions,
    duplicates,
    incident_stream,
    incidents,
    own_reports,
    programme,
    queues,
    report_batches,
    reports,
    sources,
    standard_messages,
    timelines,
    visibility,
    withdrawals,
)
from services.intake.api.together import take_together
from services.intake.current_programme import CurrentProgramme
from services.intake.queries.queues import tell_queues
from services.intake.source_book import SourceBook
from services.intake.subscriptions import SUBSCRIPTIONS
from services.intake.usecases.watch_queues import watch_queues
from services.intake.usecases.watch_sources import watch_sources
from shared.kernel.errors import Unavailable
from shared.observability.logs import get_logger
from shared.persistence.database import Database
from shared.persistence.sqlstate import DATABASE_ERRORS
from shared.runtime.migrate import versions_of
from shared.runtime.settings import ServiceSettings
from shared.web.app import create_app
from shared.web.body_limit import allow_larger
from shared.web.live.routes import stream_from
from shared.web.operations import operations_routers

WATCH_EVERY_S = 15.0
log = get_logger(__name__)


# The stream before the item: its path would be read as an id.
ROUTERS = (
    reports.router,
    report_batches.router,
    own_reports.router,
    standard_messages.router,
    withdrawals.router,
    incident_stream.router,
    incidents.router,
    decisions.router,
    corrections.router,
    timelines.router,
    visibility.router,
    duplicates.router,
    area_sets.router,
    programme.router,
    queues.router,
    sources.router,
    *operations_routers("intake", SUBSCRIPTIONS, roles=("api", "stream"), queues=tell_queues),
)


def build_app(db: Database, settings: ServiceSettings) -> FastAPI:
    feed = incident_stream.incident_feed(db)
    versions, beside = versions_of("intake"), (feed.run, lambda: watch(db))
    app = create_app("Truce intake", db, settings, routers=ROUTERS, versions=versions, beside=beside)
    stream_from(app, feed)
    allow_larger(app, report_batches.PATH, report_batches.MAX_BYTES)
    allow_larger(app, standard_messages.GUNSHOTS, standard_messages.MAX_GUNSHOTS_BYTES)
    allow_larger(app, area_sets.PATH, area_sets.MAX_BYTES)
    programmes = app.state.programmes = CurrentProgramme(db)
    app.state.source_book = SourceBook(db)
    app.state.together = take_together(db)
    serve = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(served: FastAPI) -> AsyncIterator[None]:
        async with serve(served):
            await _read_ahead(programmes)
            yield

    app.router.lifespan_context = lifespan
    return app


async def _read_ahead(programmes: CurrentProgramme) -> None:
    """So that the first report does not wait for the areas. Whatever is missing now is said to whoever needs it."""
    try:
        await programmes.get()
    except (Unavailable, *DATABASE_ERRORS) as error:
        log.warning("programme.not_read_ahead", error=type(error).__name__)


async def watch(db: Database) -> None:
    """Beside the requests: what a person must be told. A look that fails is made again."""
    while True:
        for look in (watch_sources, watch_queues):
            try:
                await db.retrying(look)
            except DATABASE_ERRORS as error:
                log.warning("not_watched", look=look.__name__, error=type(error).__name__)
        await asyncio.sleep(WATCH_EVERY_S)
