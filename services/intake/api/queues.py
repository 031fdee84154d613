"""`GET /v1/queues`: what waits for a person. Each queue's incidents are `GET /v1/incidents?queue=…`."""

from fastapi import APIRouter
from pydantic import BaseModel

from services.intake.api.parameters import Office
from services.intake.queries.queues import Queue, read_queues
from shared.auth.restricted import may_see
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["incidents"])


class QueueShown(BaseModel):
    """`exercises` are not in `count`. `oldest_s`: how long the longest has waited; null where nothing does."""

    queue: Queue
    count: int
    exercises: int
    oldest_s: float | None


class QueuesShown(BaseModel):
    queues: tuple[QueueShown, ...]


@router.get("/v1/queues")
async def show_queues(principal: Office, db: Db) -> QueuesShown:
    """How much waits in each queue, and how long the longest."""
    async with db.transaction() as tx:
        stands = await read_queues(tx, restricted=may_see(principal, restricted=True))
    shown = [
        QueueShown(queue=one.queue, count=one.count, exercises=one.exercises, oldest_s=one.oldest_s) for one in stands
    ]
    return QueuesShown(queues=tuple(shown))
