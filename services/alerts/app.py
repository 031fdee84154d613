"""Builds the HTTP side of the alerts service. Beside requests it audits, and stands in for an engine that is missed."""

from fastapi import FastAPI

from services.alerts.api import (
    assignments,
    board,
    board_stream,
    deliveries,
    desk,
    dispatches,
    drills,
    exposure,
    interrupters,
    me,
    offers,
    organizations,
    pages,
    policies,
    readiness,
    reassignments,
    response_page,
    scene_reports,
    shift_trades,
    test_pages,
    text_endpoints,
    triages,
    webhook_endpoints,
)
from services.alerts.audit.build import build_auditor
from services.alerts.audit.look import ROLES
from services.alerts.audit.stand_in import StandIn
from services.alerts.queries.queues import read_queues
from services.alerts.settings import AlertsSettings
from services.alerts.subscriptions import SUBSCRIPTIONS
from shared.persistence.database import Database
from shared.runtime.migrate import versions_of
from shared.runtime.settings import ServiceSettings
from shared.web.app import create_app
from shared.web.live.routes import stream_from
from shared.web.operations import operations_routers

ROUTERS = (
    organizations.router,
    interrupters.router,
    exposure.router,
    shift_trades.router,
    webhook_endpoints.router,
    deliveries.router,
    text_endpoints.router,
    board.router,
    board_stream.router,
    dispatches.router,
    desk.router,
    reassignments.router,
    offers.router,
    assignments.router,
    scene_reports.router,
    pages.router,
    me.router,
    readiness.router,
    drills.router,
    test_pages.router,
    policies.router,
    response_page.router,
    triages.router,
    *operations_routers("alerts", SUBSCRIPTIONS, roles=ROLES, queues=read_queues),
)


def build_app(db: Database, settings: ServiceSettings) -> FastAPI:
    assert isinstance(settings, AlertsSettings)
    auditor = build_auditor(db, settings)
    feed = board_stream.dispatch_feed(db)
    app = create_app(
        "Truce alerts",
        db,
        settings,
        routers=ROUTERS,
        versions=versions_of("alerts"),
        beside=(auditor.run, StandIn(db, settings, auditor).run, feed.run),
    )
    app.state.guesses = response_page.Guesses()
    stream_from(app, feed)
    return app
