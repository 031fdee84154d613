"""How far a source's word goes, how much it may send, and how long it may be silent before a person is told."""

from datetime import UTC, datetime, timedelta

import pytest

from services.intake.domain.silence import learned_patience, quiet_since
from services.intake.domain.sources import Trust, default_limit, is_trusted, left_in_minute, wait_s
from shared.kernel.vocabulary import SourceKind

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TRUSTED_KINDS = frozenset({SourceKind.POLICE})


def heard_every(gap: timedelta, times: int) -> list[datetime]:
    return [NOW - gap * number for number in range(times)]


@pytest.mark.parametrize(
    ("kind", "trust", "trusted"),
    [
        (SourceKind.POLICE, Trust.BY_KIND, True),
        (SourceKind.RESIDENT, Trust.BY_KIND, False),
        (SourceKind.POLICE, Trust.LIMITED, False),
        (SourceKind.RESIDENT, Trust.TRUSTED, True),
    ],
)
def test_a_source_is_trusted_as_its_kind_unless_the_office_says_otherwise(
    kind: SourceKind, trust: Trust, trusted: bool
) -> None:
    assert is_trusted(kind, trust, TRUSTED_KINDS) is trusted


def test_a_limit_counts_what_was_taken_in_the_last_minute_and_says_when_to_come_again() -> None:
    assert [left_in_minute(5, taken) for taken in (0, 4, 5, 9)] == [5, 1, 0, 0]
    assert wait_s(NOW - timedelta(seconds=20.5), NOW) == 40
    assert wait_s(NOW - timedelta(minutes=2), NOW) == 1
    assert wait_s(None, NOW) == 60, "what fills the minute is let in from now on"


def test_only_residents_are_limited_before_the_office_says_so() -> None:
    assert [kind for kind in SourceKind if default_limit(kind) is not None] == [SourceKind.RESIDENT]


def test_a_feed_is_quiet_after_three_times_its_usual_gap() -> None:
    daily = heard_every(timedelta(days=1), 20)
    patience = learned_patience(SourceKind.POLICE, daily)
    assert patience == timedelta(days=3)
    assert quiet_since(NOW, patience, NOW + timedelta(days=3)) is None
    assert quiet_since(NOW, patience, NOW + timedelta(days=3, seconds=1)) == NOW + timedelta(days=3)


def test_one_long_pause_is_not_its_rhythm() -> None:
    heard = [*heard_every(timedelta(hours=2), 15), NOW - timedelta(days=90)]
    assert learned_patience(SourceKind.SENSOR, heard) == timedelta(hours=6)


def test_it_is_given_an_hour_at_least() -> None:
    assert learned_patience(SourceKind.SENSOR, heard_every(timedelta(minutes=5), 40)) == timedelta(hours=1)


@pytest.mark.parametrize("kind", [SourceKind.RESIDENT, SourceKind.STAFF])
def test_people_are_no_feeds(kind: SourceKind) -> None:
    assert learned_patience(kind, heard_every(timedelta(hours=1), 40)) is None


def test_a_rhythm_takes_ten_hours_to_be_one() -> None:
    assert learned_patience(SourceKind.HOSPITAL, heard_every(timedelta(hours=1), 9)) is None
    assert quiet_since(NOW, None, NOW + timedelta(days=900)) is None
