"""Retry-After: seconds, a date, or nothing that can be used."""

from datetime import UTC, datetime, timedelta

import pytest

from services.alerts.delivery.outcomes import parse_retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("0", timedelta(0)),
        ("120", timedelta(seconds=120)),
        (" 7 ", timedelta(seconds=7)),
        ("86400", DAY),
        ("315360000", DAY),
        ("9" * 4000, DAY),
        ("Sun, 01 Mar 2026 12:00:30 GMT", timedelta(seconds=30)),
        ("Sun, 01 Mar 2026 12:00:30 -0000", timedelta(seconds=30)),
        ("Sunday, 01-Mar-26 12:00:30 GMT", timedelta(seconds=30)),
        ("Sun, 01 Mar 2026 07:00:30 -0500", timedelta(seconds=30)),
        ("Sun, 01 Mar 2020 12:00:30 GMT", timedelta(0)),
        ("Sun, 01 Mar 2036 12:00:30 GMT", DAY),
    ],
)
def test_a_wait_is_understood_and_kept_between_nothing_and_a_day(value: str, wait: timedelta) -> None:
    assert parse_retry_after(value, NOW) == wait


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", " ", "soon", "-1", "+1", "1.5", "1e3", "0x10", "١٢", "²", "1, 2", ";;;", "\x00", "," * 5000),
        "Sun, 99 Mar 2026 12:00:30 GMT",
        "Sun, 01 Mar 99999 12:00:30 GMT",
        "Sun, 01 Mar 2026 12:00:30 +9999999",
    ],
)
def test_garbage_is_no_wait(value: str | None) -> None:
    assert parse_retry_after(value, NOW) is None
