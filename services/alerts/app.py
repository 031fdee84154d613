"""Builds the HTTP side of the alerts service."""

from fastapi import FastAPI

from services.alerts.api import assignments, dispatches, interrupters, offers, organizations, pages, webhook_endpoints
from shared.persistence.database import Database
from shared.runtime.migrate import versions_of
from shared.runtime.settings import ServiceSettings
from shared.web.alarms import alarms_router
from shared.web.app import create_app

ROUTERS = (
    organizations.router,
    interrupters.router,
    webhook_endpoints.router,
    dispatches.router,
    offers.router,
    assignments.router,
    pages.router,
)


def build_app(db: Database, settings: ServiceSettings) -> FastAPI:
    return create_app(
        "Truce alerts",
        db,
        settings,
        routers=(*ROUTERS, alarms_router("alerts")),
        versions=versions_of("alerts"),
    )
