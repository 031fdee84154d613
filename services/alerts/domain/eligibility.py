"""Who may be asked at all. Standing in the neighbourhood comes before distance: the nearest person without it is left
out, with the reason said. The same rules judge who says yes late and who is sent by hand.
"""

from collections.abc import Callable
from functools import cache
from itertools import compress
from typing import Any

from services.alerts.domain.candidates import AVAILABILITY, Availability, Candidate, Need
from services.alerts.domain.policy import Policy
from shared.kernel.vocabulary import LeftOut

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
_RULES = (
    LeftOut.WITHOUT_ROLE,
    LeftOut.ASKED_BEFORE,
    LeftOut.RESTING,
    LeftOut.OVER_HOURS,
    LeftOut.UNREACHABLE,
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
def barred(availability: tuple[Any, ...]) -> LeftOut | None:
    """Why nobody with this availability, or a tuple like it, is asked for anything here, or None."""
    one = Availability._make(availability)
    return next((reason for reason, holds in _BARS if holds(one)), None)


def left_out(candidate: Candidate, need: Need, policy: Policy) -> LeftOut | None:
    """Why this person is not asked, or None. Distance is judged in the ranking."""
    if (bar := barred(candidate[AVAILABILITY])) is not None:
        return bar
    found = _against(candidate, need, policy)
    return _RULES[found.index(True)] if True in found else None


def hindrances(candidate: Candidate, need: Need, policy: Policy) -> tuple[LeftOut, ...]:
    """Every rule that holds, where `left_out` gives the first."""
    availability = candidate.availability
    bars = [reason for reason, holds in _BARS if holds(availability)]
    return (*bars, *compress(_RULES, _against(candidate, need, policy)))


def _against(candidate: Candidate, need: Need, policy: Policy) -> tuple[bool, ...]:
    """Whether each of `_RULES` holds: all in one, since hundreds are judged at every decision."""
    cleared_at, hours = candidate.last_cleared_at, policy.weekly_hours
    return (
        need.role not in candidate.roles,
        candidate.asked_before,
        cleared_at is not None and need.at < cleared_at + policy.rest,
        hours is not None and candidate.worked_s >= hours.limit_s(candidate.part_time_h),
        not candidate.reachable,
    )


def lost_standing(candidate: Candidate, need: Need, policy: Policy) -> tuple[LeftOut, ...]:
    """What has come between an offer that ended and a late yes to it."""
    return tuple(reason for reason in hindrances(candidate, need, policy) if reason in _STANDING)
