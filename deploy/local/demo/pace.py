"""A week in seconds: the same reports in their real order, with their real gaps shortened alike, told as they happen.

What was fresh when it was reported is fresh when it is replayed: a report's time becomes the moment at which it is
posted. A date without a time stays one: it becomes today's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.intake.feeds.reading import ReadReport
from shared.kernel.vocabulary import TimePrecision


@dataclass(frozen=True, slots=True)
class Paced:
    """`after`: since the replay began. `really_at`: when it was in the file, in local time."""

    report: ReadReport
    after: timedelta
    really_at: datetime


def paced(reports: Sequence[ReadReport], zone: ZoneInfo, within: timedelta) -> list[Paced]:
    """In real order, the first at once and the last at `within`."""
    known = sorted(reports, key=_at)
    if not known:
        return []
    first, whole = _at(known[0]), _at(known[-1]) - _at(known[0])
    shrink = within / whole if whole else 0.0
    return [Paced(one, (_at(one) - first) * shrink, _at(one).astimezone(zone)) for one in known]


def as_if_now(report: ReadReport, now: datetime, zone: ZoneInfo) -> ReadReport:
    """The same report, made at `now` about what has just happened, or about today's date."""
    body = report.body.copy()
    if body["occurred_precision"] is TimePrecision.DAY:
        body["occurred_at"] = _rfc3339(datetime.combine(now.astimezone(zone).date(), time(0), zone))
    else:
        body["occurred_at"] = _rfc3339(now)
    if body["reported_at"] is not None:
        body["reported_at"] = _rfc3339(now)
    return replace(report, body=body)


def _at(report: ReadReport) -> datetime:
    return datetime.fromisoformat(report.body["occurred_at"])


def _rfc3339(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
