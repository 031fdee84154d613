"""The arithmetic that is not the database's."""

from datetime import UTC, datetime, timedelta

import pytest

from services.reporting.domain.milestones import earliest, share

NOON = datetime(2022, 8, 22, 12, tzinfo=UTC)


def test_the_earliest_moment_counts_whoever_it_was() -> None:
    assert earliest([NOON + timedelta(seconds=9), None, NOON, NOON + timedelta(seconds=1)]) == NOON


def test_a_moment_that_never_came_is_none_and_not_some_time() -> None:
    assert earliest([None, None]) is None
    assert earliest([]) is None


@pytest.mark.parametrize(("part", "whole", "expected"), [(0, 4, 0.0), (1, 3, 0.3333), (2, 3, 0.6667), (5, 5, 1.0)])
def test_a_share_is_a_proportion(part: int, whole: int, expected: float) -> None:
    assert share(part, whole) == expected


def test_a_share_of_nothing_is_unknown() -> None:
    assert share(0, 0) is None
