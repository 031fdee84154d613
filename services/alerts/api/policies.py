"""`/v1/policies`: what was and is asked of dispatches, each version as it was loaded."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel

from services.alerts.queries.policies import list_policies, read_policy
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/policies", tags=["policies"], route_class=StrictRoute)
Reader = Annotated[Principal, allow(Role.DISPATCHER, Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.AUDITOR, Role.ADMIN)]
Name = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,64}$")]
Version = Annotated[int, Path(ge=1, le=1_000_000_000)]


class PolicyLine(BaseModel):
    """`in_force`: dispatches are opened with it from now on. `running`: those that keep it and have not ended."""

    name: str
    version: int
    loaded_at: datetime
    in_force: bool
    running: int


class PolicyOut(PolicyLine):
    """`body`: as it was loaded, with the programme's time zone."""

    body: dict[str, Any]


@router.get("")
async def list_(db: Db, _: Reader) -> list[PolicyLine]:
    """The newest 200, the latest loaded first."""
    async with db.transaction() as tx:
        return [PolicyLine(**row) for row in await list_policies(tx)]


@router.get("/{name}/{version}")
async def read(db: Db, _: Reader, name: Name, version: Version) -> PolicyOut:
    async with db.transaction() as tx:
        return PolicyOut(**await read_policy(tx, name, version))
