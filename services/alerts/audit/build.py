"""Builds the auditor alike for both processes that run it."""

from services.alerts.audit.look import Auditor
from services.alerts.audit.neighbours import Neighbours
from services.alerts.settings import AlertsSettings
from shared.kernel.clock import SystemClock
from shared.persistence.database import Database


def build_auditor(db: Database, settings: AlertsSettings) -> Auditor:
    clock = SystemClock()
    addresses: dict[str, str] = {service: str(url) for service, url in settings.watched_services.items()}
    return Auditor(db, Neighbours(addresses, clock), clock)
