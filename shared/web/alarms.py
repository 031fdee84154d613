"""A service's alarms over HTTP: what stands, and that a person acts on it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.vocabulary import AlarmState
from shared.messaging import alarms
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

Desk = Annotated[Principal, allow(Role.DISPATCHER, Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.ADMIN)]
AlarmName = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,64}$")]
Subject = Annotated[str, Path(pattern=r"^[a-z0-9_./-]{1,200}$")]


class AlarmOut(BaseModel):
    service: str
    alarm: str
    subject: str
    state: AlarmState
    count: int
    first_at: datetime
    last_at: datetime


def alarms_router(service: str) -> APIRouter:
    router = APIRouter(prefix="/v1/alarms", tags=["alarms"], route_class=StrictRoute)

    @router.get("")
    async def list_alarms(db: Db, _: Desk) -> list[AlarmOut]:
        """What stands, newest first."""
        async with db.transaction() as tx:
            return [AlarmOut(**row) for row in await alarms.list_alarms(tx)]

    @router.post("/{alarm}/{subject:path}/acknowledge", status_code=204)
    async def acknowledge(alarm: AlarmName, subject: Subject, db: Db, _: Desk) -> None:
        """I act on it: paging stops, the alarm stands."""
        async with db.transaction() as tx:
            await alarms.acknowledge_alarm(tx, service=service, alarm=alarm, subject=subject)

    @router.post("/{alarm}/{subject:path}/clear", status_code=204)
    async def clear(alarm: AlarmName, subject: Subject, db: Db, _: Desk) -> None:
        """It is over; the next time is a new alarm."""
        async with db.transaction() as tx:
            await alarms.clear_alarm(tx, service=service, alarm=alarm, subject=subject)

    return router
