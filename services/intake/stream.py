"""Intake's stream: incidents and areas out, the state of responses in."""

from services.intake.settings import IntakeSettings
from services.intake.subscriptions import SUBSCRIPTIONS
from shared.messaging.pace import Pace
from shared.messaging.stream import Stream
from shared.persistence.database import Database
from shared.runtime.settings import ServiceSettings


def build_stream(db: Database, settings: ServiceSettings) -> Stream:
    assert isinstance(settings, IntakeSettings)
    return Stream(
        db,
        SUBSCRIPTIONS,
        service="intake",
        bootstrap=settings.kafka_bootstrap,
        prefix=settings.topic_prefix,
        pace=Pace(settings.batch_size, linger_ms=200),
    )
