"""Periods as people write them: a day, a month, or from..to, both ends included. Local days of the programme."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

FORMS = "a day YYYY-MM-DD, a month YYYY-MM, or from..to (two days, both included), years 1990 to 2199"
_YEARS = range(1990, 2200)
_FORM = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?", re.ASCII)


class NotAPeriod(ValueError):
    """The text is not in one of the FORMS, or names a day that does not exist, or runs backwards."""


@dataclass(frozen=True)
class Period:
    """Both days are inside it."""

    first_day: date
    last_day: date


def read_period(text: str) -> Period:
    first, dots, last = text.partition("..")
    if not dots:
        return _one(text)
    period = Period(_one(first).first_day, _one(last).last_day)
    if period.first_day > period.last_day:
        raise NotAPeriod
    return period


def _one(text: str) -> Period:
    found = _FORM.fullmatch(text)
    if found is None or int(found[1]) not in _YEARS:
        raise NotAPeriod
    year, month = int(found[1]), int(found[2])
    try:
        if found[3] is not None:
            day = date(year, month, int(found[3]))
            return Period(day, day)
        return Period(date(year, month, 1), _month_end(year, month))
    except ValueError:
        raise NotAPeriod from None


def _month_end(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
