"""Who may be asked at all. Standing in the neighbourhood comes before distance: the nearest person without it is left
out, with the reason said. The same rules judge who says yes late and who is sent by hand.
"""

from collections.abc import Callable

from services.alerts.domain.candidates import Candidate, Need
from services.alerts.domain.policy import Policy
from shared.kernel.vocabulary import LeftOut

_Rule = Callable[[Candidate, Need, Policy], bool]


def _resting(candidate: Candidate, need: Need, policy: Policy) -> bool:
    return candidate.last_cleared_at is not None and need.at < candidate.last_cleared_at + policy.rest


def _over_hours(candidate: Candidate, _need: Need, policy: Policy) -> bool:
    if policy.weekly_hours is None:
        return False
    return candidate.worked_s >= policy.weekly_hours.limit_s(candidate.part_time_h)


# The first rule that holds is the reason given; the order is from the person's own state to this incident's.
_RULES: tuple[tuple[LeftOut, _Rule], ...] = (
    (LeftOut.INACTIVE, lambda c, _n, _p: not c.active),
    (LeftOut.SAFETY_HOLD, lambda c, _n, _p: c.held),
    (LeftOut.WITHOUT_ROLE, lambda c, n, _p: n.role not in c.roles),
    (LeftOut.OFF_DUTY, lambda c, _n, _p: not c.on_duty),
    (LeftOut.NO_LICENCE, lambda c, _n, _p: not (c.licensed or c.floater)),
    (LeftOut.CONFLICT_OF_INTEREST, lambda c, _n, _p: c.conflicted),
    (LeftOut.COMMITTED, lambda c, _n, _p: c.committed),
    (LeftOut.OFFERED, lambda c, _n, _p: c.has_open_offer),
    (LeftOut.ASKED_BEFORE, lambda c, _n, _p: c.asked_before),
    (LeftOut.RESTING, _resting),
    (LeftOut.OVER_HOURS, _over_hours),
    (LeftOut.UNREACHABLE, lambda c, _n, _p: not c.reachable),
)
# A yes of one's own outweighs rest and hours, and that one was asked before or elsewhere, or that one's phone is dead.
_STANDING = frozenset(
    {
        LeftOut.INACTIVE,
        LeftOut.SAFETY_HOLD,
        LeftOut.WITHOUT_ROLE,
        LeftOut.OFF_DUTY,
        LeftOut.NO_LICENCE,
        LeftOut.CONFLICT_OF_INTEREST,
        LeftOut.COMMITTED,
    }
)


def left_out(candidate: Candidate, need: Need, policy: Policy) -> LeftOut | None:
    """Why this person is not asked, or None. Distance is judged in the ranking."""
    for reason, holds in _RULES:
        if holds(candidate, need, policy):
            return reason
    return None


def hindrances(candidate: Candidate, need: Need, policy: Policy) -> tuple[LeftOut, ...]:
    """Every rule that holds, where `left_out` gives the first."""
    return tuple(reason for reason, holds in _RULES if holds(candidate, need, policy))


def lost_standing(candidate: Candidate, need: Need, policy: Policy) -> tuple[LeftOut, ...]:
    """What has come between an offer that ended and a late yes to it."""
    return tuple(reason for reason in hindrances(candidate, need, policy) if reason in _STANDING)
