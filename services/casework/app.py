"""Builds casework's HTTP app."""

from fastapi import FastAPI

from services.casework.api import cases, follow_ups, handoffs, participants
from services.casework.subscriptions import SUBSCRIPTIONS
from shared.persistence.database import Database
from shared.runtime.migrate import versions_of
from shared.runtime.settings import ServiceSettings
from shared.web.app import create_app
from shared.web.operations import operations_routers

ROUTERS = (
    participants.router,
    cases.router,
    handoffs.router,
    follow_ups.router,
    *operations_routers("casework", SUBSCRIPTIONS, roles=("api", "stream")),
)


def build_app(db: Database, settings: ServiceSettings) -> FastAPI:
    return create_app("Truce casework", db, settings, routers=ROUTERS, versions=versions_of("casework"))
