"""The `stream` process: relay and consumer. Batches are small so that no page waits for another's ranking."""

from services.alerts.subscriptions import SUBSCRIPTIONS
from shared.messaging.pace import Pace
from shared.messaging.stream import Stream
from shared.persistence.database import Database
from shared.runtime.settings import ServiceSettings

BATCH = 4


def build_stream(db: Database, settings: ServiceSettings) -> Stream:
    return Stream(
        db,
        SUBSCRIPTIONS,
        service="alerts",
        bootstrap=settings.kafka_bootstrap,
        prefix=settings.topic_prefix,
        pace=Pace(batch=BATCH, relay_pause_s=0.05),
    )
