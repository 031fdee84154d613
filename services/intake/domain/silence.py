"""How long a source may be silent before a person is told.

What the office configured counts. Else a feed's own history does: the hours in which it was heard, so that a burst of
hundreds is one sign of life, and of the gaps between them the one that nine in ten do not exceed. It is quiet when it
has said nothing for three times as long, and for an hour at least. People are no feeds: residents and staff are never
quiet unless somebody configured it, nor is a feed that was heard in fewer than ten different hours.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil

from shared.kernel.vocabulary import SourceKind

FEEDS = frozenset({SourceKind.POLICE, SourceKind.HOSPITAL, SourceKind.SENSOR})
HOURS_LOOKED_AT = 40
_FEWEST_HOURS = 10
_TIMES_AS_LONG = 3
_SHORTEST = timedelta(hours=1)


def learned_patience(kind: SourceKind, heard: Sequence[datetime]) -> timedelta | None:
    """`heard`: the latest time in each of the last hours in which it was heard, newest first. None: no rhythm known."""
    if kind not in FEEDS or len(heard) < _FEWEST_HOURS:
        return None
    gaps = sorted(later - earlier for later, earlier in pairwise(heard))
    usual = gaps[ceil(0.9 * len(gaps)) - 1]
    return max(_SHORTEST, _TIMES_AS_LONG * usual)


def quiet_since(last_heard: datetime, patience: timedelta | None, now: datetime) -> datetime | None:
    """From when on its silence is longer than usual; None while it is not."""
    if patience is None or now - last_heard <= patience:
        return None
    return last_heard + patience
