"""Settle: what becomes of records that cannot be applied. They are kept whole, a person is told, the stream goes on."""

import base64
import json
from collections import deque
from urllib.parse import quote

from aiokafka import ConsumerRecord

from shared.contracts.topics import dead_letter_topic
from shared.kernel.ids import new_id
from shared.messaging.alarms import raise_alarm
from shared.messaging.consumer.decode import Poison
from shared.messaging.outbox import MAX_DEAD_LETTER_BYTES, append
from shared.observability.logs import get_logger
from shared.observability.metrics import DEAD_LETTERS
from shared.persistence.transaction import Transaction

log = get_logger(__name__)

_KEEP = """
INSERT INTO dead_letters (id, cluster_id, topic, partition, record_offset, key, headers, value, reason, detail)
VALUES (:id, :cluster, :topic, :partition, :offset, :key, CAST(:headers AS jsonb), :value, :reason, :detail)
ON CONFLICT (cluster_id, topic, partition, record_offset) DO NOTHING
"""


async def set_aside(
    tx: Transaction, record: ConsumerRecord, poison: Poison, *, service: str, cluster: str, topic: str
) -> None:
    """Table, topic and alarm, in the transaction that moves past the record. `topic` without prefix."""
    letter = new_id()
    # Names are quoted: JSON in the database takes no NUL, and a name need not be text.
    headers = json.dumps(
        [
            [quote(name, errors="surrogateescape"), base64.b64encode(value or b"").decode()]
            for name, value in record.headers
        ]
    )
    await tx.run(
        _KEEP,
        id=letter,
        cluster=cluster,
        topic=topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        headers=headers,
        value=record.value,
        reason=poison.reason,
        detail=poison.detail,
    )
    origin = {"x-truce-origin": f"{topic}/{record.partition}/{record.offset}", "x-truce-reason": poison.reason}
    more, value = _what_fits(record, headers)
    await append(
        tx,
        event_id=letter,
        topic=dead_letter_topic(topic, service),
        key=str(letter),
        headers=origin | more,
        value=value,
    )
    await raise_alarm(tx, service=service, alarm="dead_letter", subject=topic)
    DEAD_LETTERS.labels(topic, poison.reason).inc()
    log.error("consumer.dead_letter", topic=topic, offset=record.offset, reason=poison.reason, detail=poison.detail)


def _what_fits(record: ConsumerRecord, headers: str) -> tuple[dict[str, str], bytes]:
    """Headers and value of the copy. What would not fit on its topic is left out: the database keeps it whole."""
    value, encoded = record.value or b"", base64.b64encode(headers.encode()).decode()
    if len(value) > MAX_DEAD_LETTER_BYTES:
        return {"x-truce-value-left-out": str(len(value)), "x-truce-headers-left-out": str(len(record.headers))}, b""
    if len(value) + len(encoded) > MAX_DEAD_LETTER_BYTES:
        return {"x-truce-headers-left-out": str(len(record.headers))}, value
    return {"x-truce-headers": encoded}, value


class Rejections:
    """Tells a bad record from a bad deployment: too many and the consumer must stop instead of draining a topic.

    Counted is what this deployment judges: events applied, and events it could not apply. A record that breaks the
    published contract counts for neither: however many come, they stop nobody.
    Source of the limits: DESIGN §6, 10 % of the last 1,000 or 20 in a row.
    """

    IN_A_ROW = 20
    WINDOW = 1000
    SHARE = 0.10

    def __init__(self) -> None:
        self._recent: deque[bool] = deque()
        self._rejected = 0
        self._row = 0

    def count(self, *, rejected: bool) -> None:
        self._recent.append(rejected)
        self._rejected += rejected
        self._row = self._row + 1 if rejected else 0
        if len(self._recent) > self.WINDOW:
            self._rejected -= self._recent.popleft()

    def too_many(self) -> bool:
        full = len(self._recent) == self.WINDOW
        return self._row >= self.IN_A_ROW or (full and self._rejected > self.SHARE * self.WINDOW)

    def copy(self) -> "Rejections":
        twin = Rejections()
        twin._recent, twin._rejected, twin._row = self._recent.copy(), self._rejected, self._row
        return twin
