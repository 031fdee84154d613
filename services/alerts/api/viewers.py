"""A token's Principal as the workforce policy sees it: a claim counts only with the role that it belongs to."""

from services.alerts.domain.visibility import Viewer
from shared.auth.principal import Principal, Role
from shared.auth.restricted import may_see


def viewer_of(principal: Principal) -> Viewer:
    return Viewer(
        administers=principal.has(Role.PROGRAM_OFFICE, Role.ADMIN),
        dispatches=principal.has(Role.DISPATCHER),
        sees_restricted=may_see(principal, restricted=True),
        supervises=principal.organization if principal.has(Role.SUPERVISOR) else None,
        worker=principal.worker if principal.has(Role.INTERRUPTER) else None,
    )
