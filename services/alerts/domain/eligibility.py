"""Who may be asked at all. Standing in the neighbourhood comes before distance: the nearest person without it is left
out, with the reason said. The same rules judge who says yes late and who is sent by hand.
"""

from collections.abc import Callable
from functools import cache

from services.alerts.domain.candidates import Availability, Candidate, Need
from services.alerts.domain.policy import Policy
from shared.kernel.vocabulary import LeftOut

_Rule = Callable[[Candidate, Need, Policy], bool]


def _resting(candidate: Candidate, need: Need, policy: Policy) -> bool:
    return candidate.last_cleared_at is not None and need.at < candidate.last_cleared_at + policy.rest


def _over_hours(candidate: Candidate, _need: Need, policy: Policy) -> bool:
    if policy.weekly_hours is None:
        return False
    return candidate.worked_s >= policy.weekly_hours.limit_s(candidate.part_time_h)


# The first rule that holds is the reason given. First what holds for every role and policy, in the order from the
# person's own state to this incident's, so that nothing more has to be known of whoever is barred.
_BARS: tuple[tuple[LeftOut, Callable[[Availability], bool]], ...] = (
    (LeftOut.INACTIVE, lambda one: not one.active),
    (LeftOut.SAFETY_HOLD, lambda one: one.held),
    (LeftOut.OFF_DUTY, lambda one: not one.on_duty),
    (LeftOut.NO_LICENCE, lambda one: not (one.licensed or one.floater)),
    (LeftOut.CONFLICT_OF_INTEREST, lambda one: one.conflicted),
    (LeftOut.COMMITTED, lambda one: one.committed),
    (LeftOut.OFFERED, lambda one: one.has_open_offer),
)
_RULES: tuple[tuple[LeftOut, _Rule], ...] = (
    (LeftOut.WITHOUT_ROLE, lambda c, n, _p: n.role not in c.roles),
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


@cache
def barred(availability: Availability) -> LeftOut | None:
    """Why nobody with this availability is asked for anything here, or None."""
    return next((reason for reason, holds in _BARS if holds(availability)), None)


def left_out(candidate: Candidate, need: Need, policy: Policy) -> LeftOut | None:
    """Why this person is not asked, or None. Distance is judged in the ranking."""
    if (bar := barred(candidate.availability)) is not None:
        return bar
    for reason, holds in _RULES:
        if holds(candidate, need, policy):
            return reason
    return None


def hindrances(candidate: Candidate, need: Need, policy: Policy) -> tuple[LeftOut, ...]:
    """Every rule that holds, where `left_out` gives the first."""
    availability = candidate.availability
    bars = [reason for reason, holds in _BARS if holds(availability)]
    return (*bars, *(reason for reason, holds in _RULES if holds(candidate, need, policy)))


def lost_standing(candidate: Candidate, need: Need, policy: Policy) -> tuple[LeftOut, ...]:
    """What has come between an offer that ended and a late yes to it."""
    return tuple(reason for reason in hindrances(candidate, need, policy) if reason in _STANDING)
