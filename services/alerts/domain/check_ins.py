"""The timer of somebody on scene: a check-in is due, they are asked for it, it is missed. Any sign of life begins anew.

Nobody is missed who was not asked first and given the whole time to answer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.kernel.response_words import CheckInState


@dataclass(frozen=True)
class CheckInTimes:
    """`every`: from the last sign of life; `warning`: from when it was due; `missed`: from the warning."""

    every: timedelta
    warning: timedelta
    missed: timedelta


@dataclass(frozen=True)
class Begun:
    due_at: datetime
    next_at: datetime


@dataclass(frozen=True)
class Ask:
    """They are asked for a sign of life; without one it counts as missed at `missed_at`."""

    missed_at: datetime


@dataclass(frozen=True)
class Miss:
    """Somebody must look after them. Nothing more happens by time alone: the page goes on."""


@dataclass(frozen=True)
class Wait:
    until: datetime | None


def begin(at: datetime, times: CheckInTimes) -> Begun:
    """After a sign of life."""
    due_at = at + times.every
    return Begun(due_at, due_at + times.warning)


def judge(state: CheckInState, next_at: datetime | None, at: datetime, times: CheckInTimes) -> Ask | Miss | Wait:
    """What time alone does. Never early: a deadline that equals `at` has passed."""
    if next_at is None or at < next_at:
        return Wait(next_at)
    return Ask(at + times.missed) if state is CheckInState.DUE else Miss()
