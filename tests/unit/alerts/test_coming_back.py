"""Nobody is paged for an old crime because somebody reopened it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.alerts.domain.coming_back import may_still_be_asked
from shared.kernel.vocabulary import TimePrecision

NOON = datetime(2022, 8, 27, 12, 0, tzinfo=UTC)
SIX_HOURS = timedelta(hours=6)


@pytest.mark.parametrize(
    ("precision", "after", "may"),
    [
        (TimePrecision.MINUTE, timedelta(hours=6), True),
        (TimePrecision.MINUTE, timedelta(hours=6, microseconds=1), False),
        (TimePrecision.HOUR, timedelta(days=3), False),
        (TimePrecision.DAY, timedelta(hours=30), True),
        (TimePrecision.DAY, timedelta(hours=30, microseconds=1), False),
    ],
)
def test_people_are_asked_again_only_while_the_event_is_young_enough(
    precision: TimePrecision, after: timedelta, may: bool
) -> None:
    assert may_still_be_asked(NOON, precision, SIX_HOURS, NOON + after) is may
