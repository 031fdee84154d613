"""Periods: days, months and ranges, both ends included."""

from datetime import date

import pytest

from services.reporting.domain.period import NotAPeriod, Period, read_period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022-08-22", date(2022, 8, 22), date(2022, 8, 22)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        ("2022-12", date(2022, 12, 1), date(2022, 12, 31)),
        ("2022-08-22..2022-08-28", date(2022, 8, 22), date(2022, 8, 28)),
        ("2022-08-22..2022-08-22", date(2022, 8, 22), date(2022, 8, 22)),
        ("2022-07..2022-08", date(2022, 7, 1), date(2022, 8, 31)),
        ("2199-12", date(2199, 12, 1), date(2199, 12, 31)),
    ],
)
def test_a_period_is_read_as_its_first_and_last_day(text: str, first: date, last: date) -> None:
    assert read_period(text) == Period(first, last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2022",
        "2022-13",
        "2022-02-30",
        "2023-02-29",
        "2022-00",
        "2022-08-00",
        "1989-12",
        "0000-01",
        "9999-12",
        "2022-8-2",
        "2022-08-22 ",
        "2022-08-22..",
        "..2022-08-22",
        "..",
        "2022-08-22...2022-08-23",
        "2022-08-22..2022-08-21",
        "2022-08-22..2022-08-23..2022-08-24",
        "٢٠٢٢-٠٨-٢٢",
        "yesterday",
        "2022-08-22\n",
    ],
)
def test_what_is_not_a_period_is_refused(text: str) -> None:
    with pytest.raises(NotAPeriod):
        read_period(text)
