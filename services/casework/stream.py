"""Builds casework's `stream`: relay and consumer."""

from services.casework.subscriptions import SUBSCRIPTIONS
from shared.messaging.pace import Pace
from shared.messaging.stream import Stream
from shared.persistence.database import Database
from shared.runtime.settings import ServiceSettings

BATCH = 100


def build_stream(db: Database, settings: ServiceSettings) -> Stream:
    return Stream(
        db,
        SUBSCRIPTIONS,
        service="casework",
        bootstrap=settings.kafka_bootstrap,
        prefix=settings.topic_prefix,
        pace=Pace(BATCH, linger_ms=200, relay_pause_s=0.05),
    )
