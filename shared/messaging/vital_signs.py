"""What a service can say of itself from its own database alone, whatever else is away. In real time."""

from dataclasses import dataclass
from datetime import datetime

from shared.messaging.reach import KAFKA
from shared.persistence.transaction import Transaction

STALE_S = 10.0
STREAM = "stream"
_SIGNS = """
SELECT clock_timestamp() AS clock,
  (SELECT reason FROM consumer_stop) AS consumer_stopped,
  (SELECT created_at FROM outbox WHERE published_at IS NULL AND set_aside_at IS NULL ORDER BY id LIMIT 1)
    AS outbox_oldest
"""
_BEATS = """
SELECT role, beat_at, beat_at < clock_timestamp() - make_interval(secs => :stale_s) AS silent
FROM heartbeats ORDER BY role
"""


@dataclass(frozen=True)
class Beat:
    role: str
    beat_at: datetime
    silent: bool


@dataclass(frozen=True)
class VitalSigns:
    """`clock` is the database's. `outbox_oldest`: since when the first unpublished event waits."""

    clock: datetime
    consumer_stopped: str | None
    outbox_oldest: datetime | None
    beats: tuple[Beat, ...]

    def is_silent(self, role: str) -> bool:
        """Whoever has never beaten is silent too."""
        return not any(beat.role == role and not beat.silent for beat in self.beats)

    @property
    def outbox_waits(self) -> bool:
        return self.outbox_oldest is not None and (self.clock - self.outbox_oldest).total_seconds() > STALE_S

    @property
    def kafka_away(self) -> bool:
        """Only a stream that lives can tell."""
        return not self.is_silent(STREAM) and self.is_silent(KAFKA)

    @property
    def degraded(self) -> list[str]:
        found = {
            "outbox_waits": self.outbox_waits,
            "stream_silent": self.is_silent(STREAM),
            "kafka_away": self.kafka_away,
            "consumer_stopped": self.consumer_stopped is not None,
        }
        return [name for name, holds in found.items() if holds]


async def read_vital_signs(tx: Transaction) -> VitalSigns:
    row = await tx.row(_SIGNS)
    beats = await tx.rows(_BEATS, stale_s=STALE_S)
    return VitalSigns(
        clock=row["clock"],
        consumer_stopped=row["consumer_stopped"],
        outbox_oldest=row["outbox_oldest"],
        beats=tuple(Beat(**beat) for beat in beats),
    )
