"""Hours on duty in the programme's week: from Monday's first local midnight to the next one."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from services.alerts.domain.shifts import instant


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """How long somebody may be on duty in a week. A full-time week has hours of engagement with people at highest risk,
    and others (partners, mediation, training). Time on duty counts against both together, or, where
    `against_engagement_alone`, against the first; of a part-time week it is the same share.
    """

    engagement_h: float
    other_h: float
    against_engagement_alone: bool

    def limit_s(self, part_time_h: float | None) -> float:
        """`part_time_h` None: full-time."""
        whole_h = self.engagement_h + self.other_h
        counted_h = self.engagement_h if self.against_engagement_alone else whole_h
        return 3600 * (counted_h if part_time_h is None else part_time_h * counted_h / whole_h)


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


def worked_at(known: Week | None, on_duty_since: datetime | None, at: datetime, zone: tzinfo) -> timedelta:
    """On duty in the week of `at`, the span that has not ended included. `on_duty_since` None: off duty."""
    return after_span(known, at if on_duty_since is None else on_duty_since, at, zone).worked
