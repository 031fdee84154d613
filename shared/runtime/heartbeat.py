"""Heartbeats: a row per process role, in real time, so that others can see that it lives without asking Kafka."""

import asyncio

from shared.persistence.database import Database

BEAT_S = 2.0
_BEAT = """
INSERT INTO heartbeats (role, beat_at) VALUES (:role, clock_timestamp())
ON CONFLICT (role) DO UPDATE SET beat_at = EXCLUDED.beat_at
"""


async def beat(db: Database, role: str) -> None:
    while True:
        await db.retrying(lambda tx: tx.run(_BEAT, role=role))
        await asyncio.sleep(BEAT_S)
