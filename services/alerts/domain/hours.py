"""Hours on duty in the programme's week: from Monday's first local midnight to the next one."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from services.alerts.domain.shifts import instant


@dataclass(frozen=True, slots=True)
class Week:
    """`worked`: on duty in this week, in spans that have ended."""

    began: datetime
    worked: timedelta


def week_began(at: datetime, zone: tzinfo) -> datetime:
    """In UTC."""
    day = at.astimezone(zone).date()
    return instant(day - timedelta(days=day.weekday()), time(), zone).astimezone(UTC)


def after_span(known: Week | None, span_began: datetime, at: datetime, zone: tzinfo) -> Week:
    """The week of `at`, when a span on duty ends. What of it lay in an earlier week counts there."""
    began = week_began(at, zone)
    before = known.worked if known is not None and known.began == began else timedelta(0)
    return Week(began, before + max(at - max(span_began, began), timedelta(0)))
