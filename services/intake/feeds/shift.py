"""The same reports as if they had happened up to now: the newest becomes now, the others keep their distance from it.

For demonstrations and trials. A date without a time moves by whole days, so that it stays a local midnight and never
lies in the future.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.intake.feeds.reading import ReadReport
from shared.kernel.vocabulary import TimePrecision


def shift_to(reports: Iterable[ReadReport], now: datetime, zone: ZoneInfo) -> Sequence[ReadReport]:
    """In order of time, oldest first. `now` is aware, and taken to the whole second."""
    known = sorted(reports, key=_occurred_at)
    if not known:
        return ()
    newest, now = _occurred_at(known[-1]), now.replace(microsecond=0)
    days = now.astimezone(zone).date() - newest.astimezone(zone).date()
    return [_moved(report, now - newest, days, zone) for report in known]


def _moved(report: ReadReport, by: timedelta, days: timedelta, zone: ZoneInfo) -> ReadReport:
    body, at = report.body.copy(), _occurred_at(report)
    if body["occurred_precision"] is TimePrecision.DAY:
        date = at.astimezone(zone).date() + days
        body["occurred_at"] = _rfc3339(datetime.combine(date, time(0), zone))
    else:
        body["occurred_at"] = _rfc3339(at + by)
    if body["reported_at"] is not None:
        body["reported_at"] = _rfc3339(datetime.fromisoformat(body["reported_at"]) + by)
    return replace(report, body=body)


def _occurred_at(report: ReadReport) -> datetime:
    return datetime.fromisoformat(report.body["occurred_at"])


def _rfc3339(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
