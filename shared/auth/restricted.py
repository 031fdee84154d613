"""Who may see what is restricted, and the guard of routes that are about one incident.

An incident is restricted because one of the programme's own people is involved in it, or somebody is in danger if it
is talked about. Supervisors and the program office lead what is done about it; the auditor sees that nothing is hidden
behind it. A desk is many people over many shifts: whoever sits at it is paged when nobody is found, as ever, and calls
a supervisor. To everybody else a restricted incident is what an unknown one is.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request

from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.errors import NotFound
from shared.persistence.transaction import Transaction
from shared.web.database import Db

SEE_RESTRICTED = (Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.AUDITOR)
# Whether anybody may see it: False if it is restricted, and if there is none.
IsForAll = Callable[[Transaction, UUID], Awaitable[bool]]


def may_see(principal: Principal, *, restricted: bool) -> bool:
    return not restricted or principal.has(*SEE_RESTRICTED)


def allow_seen(is_for_all: IsForAll, unknown: str) -> Callable[..., Any]:
    """`allow` that also keeps the route's `{incident_id}`, if it has one, from whoever may not see it: 404 with the
    text `unknown`. So it says to them of one that there is not: else a body that is refused would tell the two apart.
    """

    def allow_(*roles: Role) -> Any:
        async def guard(principal: Annotated[Principal, allow(*roles)], request: Request, db: Db) -> Principal:
            incident_id = _named_in(request)
            if incident_id is not None and not may_see(principal, restricted=True):
                async with db.transaction() as tx:
                    if not await is_for_all(tx, incident_id):
                        raise NotFound(unknown)
            return principal

        return Depends(guard)

    return allow_


def _named_in(request: Request) -> UUID | None:
    """None also for what is no id: the route itself refuses that."""
    try:
        return UUID(request.path_params["incident_id"])
    except (KeyError, ValueError):
        return None
