"""The moments of a response that its speed is measured by, each from activation."""

from collections.abc import Iterable
from datetime import datetime

MILESTONES = ("first_attempt", "acknowledged", "accepted", "on_scene")
# A meeting is no part of the response's speed, and has a target all the same.
TRIAGE = "triage"
TARGETS = (*MILESTONES, TRIAGE)


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    """The first of those that happened; None if none did. When somebody first had it is what counts, not who."""
    return min((moment for moment in moments if moment is not None), default=None)


def share(part: int, whole: int) -> float | None:
    """A proportion in [0, 1], rounded to 4 places. None of nothing is not zero: it is unknown."""
    return round(part / whole, 4) if whole else None
