"""Who is on duty at an instant, from what is planned and from the person's own word.

The rule: whoever says "I am on duty" or "I am off" is, until the end of the shift or of the gap between shifts in which
it was said. From then on the plan decides again. Whoever has no shifts is what they last said.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from services.alerts.domain.shifts import Plan, Span, planned

# How far a plan is read. What changes later is found by looking again at that time.
AHEAD = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Word:
    """What was said of somebody's duty, by the person or for them, and when."""

    on: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """The shift, or the gap between shifts, that an instant lies in. None: farther away than it was looked for."""

    on: bool
    begins: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Duty:
    """`until`: when it has to be judged again; None: nothing that is planned changes it."""

    on: bool
    by_word: bool
    until: datetime | None


def duty_at(plan: Plan, word: Word | None, zone: tzinfo, at: datetime) -> Duty:
    now = stretch_at(plan, zone, at, since=at if word is None else word.at)
    if word is not None and (now.begins is None or word.at >= now.begins):
        return Duty(word.on, by_word=True, until=now.ends)
    return Duty(now.on, by_word=False, until=now.ends)


def stretch_at(plan: Plan, zone: tzinfo, at: datetime, *, since: datetime) -> Stretch:
    """`since`: how far back a beginning matters."""
    horizon, before = at + AHEAD, None
    for span in planned(plan, zone, Span(min(since, at), horizon)):
        if at < span.begins:
            return Stretch(on=False, begins=before, ends=span.begins)
        if at < span.ends:
            return Stretch(on=True, begins=span.begins, ends=min(span.ends, horizon))
        before = span.ends
    return Stretch(on=False, begins=before, ends=None if plan.is_empty else horizon)
