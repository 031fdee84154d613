"""Builds casework's HTTP app."""

from fastapi import FastAPI

from services.casework.api import cases, follow_ups, handoffs, participants
from shared.persistence.database import Database
from shared.runtime.migrate import versions_of
from shared.runtime.settings import ServiceSettings
from shared.web.app import create_app

ROUTERS = (participants.router, cases.router, handoffs.router, follow_ups.router)


def build_app(db: Database, settings: ServiceSettings) -> FastAPI:
    return create_app("Truce casework", db, settings, routers=ROUTERS, versions=versions_of("casework"))
