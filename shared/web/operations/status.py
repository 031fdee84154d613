"""`GET /v1/operations/status` and `/positions`: how the service stands, and where its consumer is.

They ask Kafka, one question at a time and for some seconds at most; what the database tells is told in any case.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from shared.messaging.lag import Position, TopicLag, read_positions
from shared.messaging.queues import MoreQueues, QueueState
from shared.messaging.standing import OutboxState, ProcessState, StandingAlarm, read_standing
from shared.runtime.settings import ServiceSettings
from shared.web.database import Db
from shared.web.operations.callers import PREFIX, Reader
from shared.web.strict_json import StrictRoute


class StatusOut(BaseModel):
    """`wrong` says in words what is not as it should be. `lag` and `worst_lag` are null while Kafka does not answer."""

    service: str
    at: datetime
    verdict: Literal["fine", "degraded"]
    wrong: list[str]
    kafka_answers: bool
    processes: list[ProcessState]
    outbox: OutboxState
    consumer_stopped: str | None
    topics: list[TopicLag]
    outside_log: list[str]
    dead_letters: int
    alarms: list[StandingAlarm]
    queues: list[QueueState]


class PositionOut(BaseModel):
    """`log_start`, `log_end` and `lag` are null while Kafka does not answer."""

    cluster_id: str
    topic: str
    partition: int
    next_offset: int
    log_start: int | None
    log_end: int | None
    lag: int | None
    outside_log: bool
    updated_at: datetime

    @classmethod
    def of(cls, position: Position) -> "PositionOut":
        return cls(**asdict(position), lag=position.lag, outside_log=position.outside_log)


class PositionsOut(BaseModel):
    kafka_answers: bool
    items: list[PositionOut]


def status_router(service: str, roles: Sequence[str], queues: MoreQueues) -> APIRouter:
    router = APIRouter(prefix=PREFIX, tags=["operations"], route_class=StrictRoute)
    one_at_a_time = asyncio.Lock()

    @router.get("/status")
    async def status(request: Request, db: Db, _: Reader) -> StatusOut:
        """How the service stands."""
        async with one_at_a_time:
            found = await read_standing(db, service, roles=roles, bootstrap=_bootstrap(request), more=queues)
        return StatusOut(**asdict(found), verdict="degraded" if found.wrong else "fine")

    @router.get("/positions")
    async def positions(request: Request, db: Db, _: Reader) -> PositionsOut:
        """Stored position, beginning and end of the log, and lag of each partition; there are some dozens."""
        async with one_at_a_time:
            found = await read_positions(db, _bootstrap(request))
        return PositionsOut(kafka_answers=found.kafka_answers, items=[PositionOut.of(it) for it in found.stored])

    return router


def _bootstrap(request: Request) -> str:
    settings: ServiceSettings = request.app.state.settings
    return settings.kafka_bootstrap
