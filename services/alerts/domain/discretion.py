"""Why somebody is not asked or not sent, as it is told to whoever looks. The decision itself keeps the true reason.

A conflict of interest is for the person's own supervisors, a safety hold for them and the dispatchers. To everybody
else, the person included, both are one neutral word, which stands for inactive people too: that it is said tells
nothing.
"""

from collections.abc import Collection
from typing import Final, Literal

from services.alerts.domain.visibility import Viewer, Whose, may_hold, may_know_conflicts_of_interest
from shared.kernel.vocabulary import LeftOut

NOT_AVAILABLE: Final = "not_available"
ToldReason = LeftOut | Literal["not_available"]

_WHO_MAY_KNOW = {
    LeftOut.CONFLICT_OF_INTEREST: may_know_conflicts_of_interest,
    LeftOut.SAFETY_HOLD: may_hold,
    LeftOut.INACTIVE: may_know_conflicts_of_interest,
}


def known_to(viewer: Viewer, whose: Whose) -> frozenset[LeftOut]:
    """The reasons not meant for everybody that this viewer may know of this person."""
    return frozenset(reason for reason, may_know in _WHO_MAY_KNOW.items() if may_know(viewer, whose))


def told(reason: LeftOut, known: Collection[LeftOut] = ()) -> ToldReason:
    return NOT_AVAILABLE if reason in _WHO_MAY_KNOW and reason not in known else reason
