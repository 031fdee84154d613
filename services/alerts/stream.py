"""The `stream` process: relay and consumer. Batches are small so that no page waits for another's ranking."""

from services.alerts.subscriptions import SUBSCRIPTIONS
from shared.messaging.pace import Pace
from shared.messaging.stream import Stream
from shared.persistence.database import Database
from shared.runtime.settings import ServiceSettings

BATCH = 4
# Who reads about dispatches is shown them; nobody is asked the later for it. Each turn of the relay costs whoever waits
# for a decision meanwhile, so that it takes few.
RELAY_PAUSE_S = 0.2


def build_stream(db: Database, settings: ServiceSettings) -> Stream:
    return Stream(
        db,
        SUBSCRIPTIONS,
        service="alerts",
        bootstrap=settings.kafka_bootstrap,
        prefix=settings.topic_prefix,
        pace=Pace(batch=BATCH, relay_pause_s=RELAY_PAUSE_S),
    )
