"""Who is calling, in casework's words, and the guards its routes use.

There is no role for police here: a token that is also a source of incident facts is refused, whatever else it may do.
"""

from typing import Annotated

from services.casework.domain.visibility import Caller
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.auth.restricted import may_see
from shared.kernel.errors import NotAllowed

Caseworker = Annotated[Principal, allow(Role.CASE_MANAGER, Role.NAVIGATOR, Role.SUPERVISOR, Role.PROGRAM_OFFICE)]
Supervisor = Annotated[Principal, allow(Role.SUPERVISOR)]


def caller_of(principal: Principal) -> Caller:
    """Raises NotAllowed."""
    if principal.has(Role.SOURCE) or principal.source_kind is not None:
        raise NotAllowed("A source of incident facts reads nothing here.")
    return Caller(
        subject=principal.subject,
        organization=principal.organization,
        worker=principal.worker,
        is_supervisor=principal.has(Role.SUPERVISOR),
        is_office=principal.has(Role.PROGRAM_OFFICE),
        sees_restricted=may_see(principal, restricted=True),
    )
