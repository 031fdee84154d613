"""Reporting's HTTP side."""

from fastapi import FastAPI

from services.reporting.api import kpis
from shared.persistence.database import Database
from shared.runtime.migrate import versions_of
from shared.runtime.settings import ServiceSettings
from shared.web.app import create_app


def build_app(db: Database, settings: ServiceSettings) -> FastAPI:
    return create_app("Truce reporting", db, settings, routers=[kpis.router], versions=versions_of("reporting"))
