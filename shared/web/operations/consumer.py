"""`POST /v1/operations/consumer/resume`: a consumer that stopped itself waits here for a person."""

from fastapi import APIRouter
from pydantic import BaseModel

from shared.messaging.mending import resume
from shared.observability.logs import get_logger
from shared.web.database import Db
from shared.web.operations.callers import PREFIX, Admin, Strict
from shared.web.strict_json import StrictRoute

log = get_logger(__name__)


class HowToResume(Strict):
    """`from_beginning`: read every topic again, for positions that the broker's log no longer holds."""

    from_beginning: bool = False


class Resumed(BaseModel):
    """False: it was not stopped, and nothing changed."""

    resumed: bool


def consumer_router(service: str) -> APIRouter:
    router = APIRouter(prefix=f"{PREFIX}/consumer", tags=["operations"], route_class=StrictRoute)

    @router.post("/resume")
    async def resume_it(body: HowToResume, db: Db, caller: Admin) -> Resumed:
        """Let it go on. Look at its alarm and dead letters first."""
        async with db.transaction() as tx:
            done = await resume(tx, service, from_beginning=body.from_beginning)
        log.info("operations.resumed", by=caller.subject, done=done, from_beginning=body.from_beginning)
        return Resumed(resumed=done)

    return router
