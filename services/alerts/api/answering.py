"""The caller as the rule about answering offers sees them."""

from services.alerts.domain.answering import Asked, Asking, may_answer
from services.alerts.domain.discretion import known_to, told
from services.alerts.domain.visibility import Viewer, Whose
from shared.auth.principal import Principal, Role
from shared.auth.restricted import may_see
from shared.kernel.errors import NotEligible, NotFound
from shared.kernel.vocabulary import LeftOut


def discreet(refused: NotEligible, viewer: Viewer, whose: Whose) -> NotEligible:
    """The same refusal with the reasons that this viewer may know."""
    known = known_to(viewer, whose)
    reasons = dict.fromkeys(told(LeftOut(reason), known) for reason in refused.reasons)
    return NotEligible(str(refused), state=refused.state, reasons=tuple(reasons))


def refuse_strangers(caller: Principal, asked: Asked | None) -> Whose:
    """Unknown and not one's own look alike: NotFound. Whose it is."""
    asking = Asking(
        worker=caller.worker if caller.has(Role.INTERRUPTER) else None,
        supervises=caller.organization if caller.has(Role.SUPERVISOR) else None,
        is_dispatcher=caller.has(Role.DISPATCHER),
        sees_restricted=may_see(caller, restricted=True),
    )
    if asked is None or not may_answer(asking, asked):
        raise NotFound("no such offer or assignment")
    return Whose(asked.interrupter_id, asked.organization_id)
