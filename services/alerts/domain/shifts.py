"""Shifts by local day: when somebody is meant to be on duty, as instants.

A shift is a start and an end on the programme's own clock, on one day or every week. Where that clock is changed, a
time that comes twice is the first of the two, and one that is skipped counts as if the clock had not been changed yet
(RFC 5545, §3.3.5): a night shift is then an hour longer or shorter, and those that follow each other leave no gap.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from uuid import UUID

from shared.kernel.errors import FieldError

_DAY = timedelta(days=1)
_FARTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `begins` on, until `ends` (exclusive)."""

    begins: datetime
    ends: datetime

    def meets(self, other: "Span") -> bool:
        return self.begins < other.ends and other.begins < self.ends


@dataclass(frozen=True, slots=True)
class Shift:
    """`weekday`: 1 is Monday; None: on `from_day` alone. `until_day`: the first day on which it is no more.

    An end that is not later than the start is on the next day.
    """

    id: UUID
    weekday: int | None
    from_day: date
    until_day: date | None
    starts: time
    ends: time

    def is_on(self, day: date) -> bool:
        """Whether it begins on this local day."""
        begun = self.from_day == day if self.weekday is None else self.from_day <= day
        right_day = self.weekday in {None, day.isoweekday()}
        return begun and right_day and (self.until_day is None or day < self.until_day)


Occurrence = tuple[UUID, date]
"""One shift on the local day on which it begins."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned for one person. `given`: of the own shifts, what others have taken over; `taken`: of others'.

    An extra shift adds to the shifts; an absence takes away from both.
    """

    shifts: tuple[Shift, ...] = ()
    given: frozenset[Occurrence] = frozenset()
    taken: tuple[tuple[Shift, date], ...] = ()
    extras: tuple[Span, ...] = ()
    absences: tuple[Span, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.shifts or self.taken or self.extras)


def instant(day: date, at: time, zone: tzinfo) -> datetime:
    """In UTC."""
    return datetime.combine(day, at.replace(fold=0), zone).astimezone(UTC)


def on_day(shift: Shift, day: date, zone: tzinfo) -> Span | None:
    """The shift that begins on this local day; None if there is none, or if the clock skips all of it."""
    if not shift.is_on(day):
        return None
    last = day if shift.ends > shift.starts else day + _DAY
    span = Span(instant(day, shift.starts, zone), instant(last, shift.ends, zone))
    return span if span.begins < span.ends else None


def planned(plan: Plan, zone: tzinfo, window: Span) -> tuple[Span, ...]:
    """When this person is meant to be on duty, in order, as far as it meets the window.

    Shifts that meet or follow each other at once are one span; what reaches out of the window is not cut at its edge.
    """
    wanted = merged(span for span in (*_shifts(plan, zone, window), *plan.extras) if span.meets(window))
    return tuple(part for span in wanted for part in _without(span, plan.absences))


def _shifts(plan: Plan, zone: tzinfo, window: Span) -> Iterator[Span]:
    for day in _days(window, zone):
        for shift in plan.shifts:
            if (shift.id, day) not in plan.given and (span := on_day(shift, day, zone)):
                yield span
    for shift, day in plan.taken:
        if span := on_day(shift, day, zone):
            yield span


def _days(window: Span, zone: tzinfo) -> Iterator[date]:
    """Every local day on which a shift may begin that meets the window: it lasts a day at most."""
    day, last = window.begins.astimezone(zone).date() - 2 * _DAY, window.ends.astimezone(zone).date()
    while day <= last:
        yield day
        day += _DAY


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order; those that meet or follow each other at once are one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.begins <= found[-1].ends:
            found[-1] = Span(found[-1].begins, max(found[-1].ends, span.ends))
        else:
            found.append(span)
    return tuple(found)


def _without(span: Span, absences: Iterable[Span]) -> Iterator[Span]:
    begins = span.begins
    for absence in sorted(absences):
        if absence.meets(Span(begins, span.ends)):
            if begins < absence.begins:
                yield Span(begins, absence.begins)
            begins = absence.ends
        if begins >= span.ends:
            return
    yield Span(begins, span.ends)


def shift_faults(shift: Shift, today: date) -> tuple[FieldError, ...]:
    """What keeps a new shift from being kept, by field of the request. `today` is the programme's."""
    faults = []
    if abs(shift.from_day - today) > _FARTHEST:
        faults.append(FieldError("/from_day", "must be within a year of today"))
    if shift.weekday is None and shift.from_day < today:
        faults.append(FieldError("/from_day", "must not be past for a shift on one day"))
    if shift.weekday is None and shift.until_day is not None:
        faults.append(FieldError("/until_day", "must be absent for a shift on one day"))
    elif shift.until_day is not None and shift.until_day <= shift.from_day:
        faults.append(FieldError("/until_day", "must be later than from_day"))
    return tuple(faults)


def end_fault(shift: Shift, until_day: date) -> FieldError | None:
    """A shift is ended earlier, never later; on its first day it is called off."""
    if until_day < shift.from_day:
        return FieldError("/until_day", "must not be earlier than from_day")
    if shift.until_day is not None and until_day > shift.until_day:
        return FieldError("/until_day", "is later than the shift's own end")
    return None


def span_faults(span: Span, now: datetime) -> tuple[FieldError, ...]:
    """An extra shift or an absence ends in the future, and lasts a year at most."""
    if span.ends <= span.begins:
        return (FieldError("/ends_at", "must be later than begins_at"),)
    if span.ends <= now:
        return (FieldError("/ends_at", "must lie in the future"),)
    if span.ends > now + 2 * _FARTHEST or span.ends - span.begins > _FARTHEST:
        return (FieldError("/ends_at", "is too far away: a span lasts a year at most, and ends within two"),)
    return ()
