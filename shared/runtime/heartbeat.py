"""Heartbeats: a row per process role, in real time, so that others can see that it lives without asking Kafka."""

import asyncio

from shared.observability.logs import get_logger
from shared.observability.metrics import HEARTBEAT
from shared.persistence.database import Database

BEAT_S = 2.0
_BEAT = """
INSERT INTO heartbeats (role, beat_at) VALUES (:role, clock_timestamp())
ON CONFLICT (role) DO UPDATE SET beat_at = EXCLUDED.beat_at
"""
log = get_logger(__name__)


async def note_beat(db: Database, role: str) -> None:
    await db.retrying(lambda tx: tx.run(_BEAT, role=role))
    HEARTBEAT.labels(role).set_to_current_time()


async def beat(db: Database, role: str) -> None:
    while True:
        await note_beat(db, role)
        await asyncio.sleep(BEAT_S)


async def beat_whatever_happens(db: Database, role: str) -> None:
    """For a process that serves on when it cannot beat, as before its tables were made: others see the silence."""
    while True:
        try:
            await beat(db, role)
        except Exception as error:  # noqa: BLE001 - whatever the reason, silence is what tells it
            log.warning("heartbeat.failed", error=type(error).__name__)
        await asyncio.sleep(BEAT_S)
