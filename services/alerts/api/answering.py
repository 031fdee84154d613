"""The caller as the rule about answering offers sees them."""

from services.alerts.domain.answering import Asked, Asking, may_answer
from shared.auth.principal import Principal, Role
from shared.auth.restricted import may_see
from shared.kernel.errors import NotFound


def refuse_strangers(caller: Principal, asked: Asked | None) -> None:
    """Unknown and not one's own look alike: NotFound."""
    asking = Asking(
        worker=caller.worker if caller.has(Role.INTERRUPTER) else None,
        supervises=caller.organization if caller.has(Role.SUPERVISOR) else None,
        is_dispatcher=caller.has(Role.DISPATCHER),
        sees_restricted=may_see(caller, restricted=True),
    )
    if asked is None or not may_answer(asking, asked):
        raise NotFound("no such offer or assignment")
