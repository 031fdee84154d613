"""Reporting's HTTP side."""

from fastapi import FastAPI

from services.reporting.api import kpis
from services.reporting.subscriptions import SUBSCRIPTIONS
from shared.persistence.database import Database
from shared.runtime.migrate import versions_of
from shared.runtime.settings import ServiceSettings
from shared.web.app import create_app
from shared.web.operations import operations_routers

ROUTERS = (kpis.router, *operations_routers("reporting", SUBSCRIPTIONS, roles=("api", "stream")))


def build_app(db: Database, settings: ServiceSettings) -> FastAPI:
    return create_app("Truce reporting", db, settings, routers=ROUTERS, versions=versions_of("reporting"))
