"""Why somebody is not asked, as a topic tells it: the words of the released events, one closed list.

A newer rule is told as the released one that it comes nearest to, so that no reader meets a word it does not know; and
nobody learns from a topic that a person is on a safety hold. The service's own explanation has the exact one.
"""

from enum import StrEnum

from shared.kernel.vocabulary import LeftOut


class ToldLeftOut(StrEnum):
    """Never extended: a new word in a closed list is another major version."""

    INACTIVE = "inactive"
    WITHOUT_ROLE = "without_role"
    OFF_DUTY = "off_duty"
    NO_LICENCE = "no_licence"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    COMMITTED = "committed"
    OFFERED = "offered"
    ASKED_BEFORE = "asked_before"
    RESTING = "resting"
    STALE_LOCATION = "stale_location"
    OUT_OF_RADIUS = "out_of_radius"
    UNREACHABLE = "unreachable"


_NEWER = {LeftOut.OVER_HOURS: ToldLeftOut.RESTING, LeftOut.SAFETY_HOLD: ToldLeftOut.INACTIVE}
_TOLD = {reason: _NEWER.get(reason) or ToldLeftOut(reason.value) for reason in LeftOut}


def told(reason: LeftOut) -> ToldLeftOut:
    return _TOLD[reason]
