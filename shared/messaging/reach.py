"""Whether the broker answers, written down where others see it without asking Kafka: the heartbeat called `kafka`.

The one who asks is the `stream` process, with a client made for each question: one that lives on can be wedged.
"""

import asyncio

from shared.messaging.kafka import answers
from shared.observability.logs import get_logger
from shared.persistence.database import Database
from shared.runtime.heartbeat import note_beat

KAFKA = "kafka"
ASK_EVERY_S = 3.0
_LONGEST_QUESTION_S = 6.0
log = get_logger(__name__)


async def beat_while_kafka_answers(db: Database, bootstrap: str) -> None:
    while True:
        if await _answers_in_time(bootstrap):
            await note_beat(db, KAFKA)
        else:
            log.warning("kafka.no_answer")
        await asyncio.sleep(ASK_EVERY_S)


async def _answers_in_time(bootstrap: str) -> bool:
    try:
        async with asyncio.timeout(_LONGEST_QUESTION_S):
            return await answers(bootstrap)
    except TimeoutError:
        return False
