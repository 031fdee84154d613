"""A token's Principal as the workforce policy sees it: a claim counts only with the role that it belongs to."""

from services.alerts.domain.visibility import Viewer
from shared.auth.principal import Principal, Role


def viewer_of(principal: Principal) -> Viewer:
    return Viewer(
        administers=principal.has(Role.PROGRAM_OFFICE, Role.ADMIN),
        dispatches=principal.has(Role.DISPATCHER),
        supervises=principal.organization if principal.has(Role.SUPERVISOR) else None,
        worker=principal.worker if principal.has(Role.INTERRUPTER) else None,
    )
