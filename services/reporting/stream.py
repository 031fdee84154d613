"""Reporting's stream: everything in, and its own alarms out."""

from services.reporting.settings import ReportingSettings
from services.reporting.subscriptions import SUBSCRIPTIONS
from shared.messaging.pace import Pace
from shared.messaging.stream import Stream
from shared.persistence.database import Database
from shared.runtime.settings import ServiceSettings


def build_stream(db: Database, settings: ServiceSettings) -> Stream:
    assert isinstance(settings, ReportingSettings)
    return Stream(
        db,
        SUBSCRIPTIONS,
        service="reporting",
        bootstrap=settings.kafka_bootstrap,
        prefix=settings.topic_prefix,
        pace=Pace(settings.batch_size, linger_ms=200, relay_pause_s=0.05),
    )
