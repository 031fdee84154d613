"""What the auditor takes for a fault, what it takes for a consequence, and for how long it waits."""

from datetime import UTC, datetime, timedelta

import pytest

from services.alerts.domain.auditing import (
    LONGEST_GAP_S,
    Alarm,
    Fault,
    Patience,
    Reach,
    Sighting,
    Signs,
    needs_a_stand_in,
    sightings,
)

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
FAULT = Fault(Alarm.OUTBOX_WAITS, "intake")


def faults(*services: Signs, overdue: tuple[str, ...] = ()) -> set[str]:
    found = sightings(services, overdue, own="alerts")
    return {f"{sighting.fault.alarm}/{sighting.fault.subject}" for sighting in found}


def test_healthy_services_are_no_fault() -> None:
    assert faults(Signs("alerts"), Signs("intake"), Signs("casework")) == set()


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        (Signs("intake", Reach.SILENT), {"process_silent/intake/api"}),
        (Signs("intake", Reach.DATABASE_AWAY), {"database_away/intake"}),
        (Signs("intake", silent_roles=frozenset({"stream"})), {"process_silent/intake/stream"}),
        (Signs("intake", kafka_away=True), {"kafka_away/kafka"}),
        (Signs("intake", outbox_waits_since=NOON), {"outbox_waits/intake"}),
        (Signs("intake", clock_off=True), {"clock_off/intake"}),
    ],
)
def test_each_sign_is_a_fault(signs: Signs, expected: set[str]) -> None:
    assert faults(Signs("alerts"), signs) == expected


def test_kafka_away_is_one_fault_however_many_services_say_so_and_explains_their_outboxes() -> None:
    away = {"kafka_away": True, "outbox_waits_since": NOON}
    assert faults(Signs("alerts", **away), Signs("intake", **away), Signs("casework")) == {"kafka_away/kafka"}  # type: ignore[arg-type] # the two facts above


def test_a_dead_stream_explains_its_own_outbox_only() -> None:
    dead = Signs("intake", silent_roles=frozenset({"stream"}), outbox_waits_since=NOON)
    expected = {"process_silent/intake/stream", "outbox_waits/casework"}
    assert faults(dead, Signs("casework", outbox_waits_since=NOON)) == expected


def test_overdue_rows_are_the_engines_fault_unless_it_is_dead() -> None:
    assert faults(Signs("alerts"), overdue=("offers", "pages")) == {"engine_late/offers", "engine_late/pages"}
    dead = Signs("alerts", silent_roles=frozenset({"engine"}))
    assert faults(dead, overdue=("offers",)) == {"process_silent/alerts/engine"}


def test_a_fault_is_told_only_once_it_has_been_seen_for_its_patience() -> None:
    patience, seen = Patience(starting_s=0), [Sighting(FAULT, 5)]
    assert [bool(patience.ripe(seen, at)) for at in (0, 2, 4, 6, 8)] == [False, False, False, True, True]


def test_a_fault_that_went_away_between_begins_anew() -> None:
    patience, seen = Patience(starting_s=0), [Sighting(FAULT, 5)]
    looks = [(seen, 0), (seen, 4), ([], 5), (seen, 6), (seen, 10), (seen, 11)]
    assert [bool(patience.ripe(what, at)) for what, at in looks] == [False, False, False, False, False, True]


def test_what_moves_on_is_not_told() -> None:
    """An outbox that is being drained: the event that has waited longest is another one at each look."""
    patience = Patience(starting_s=0)
    moving = [[Sighting(FAULT, 5, NOON + timedelta(seconds=number))] for number in range(20)]
    assert not any(patience.ripe(seen, at) for at, seen in enumerate(moving))


def test_who_could_not_look_for_a_while_knows_nothing() -> None:
    patience, seen = Patience(starting_s=0), [Sighting(FAULT, 5)]
    patience.ripe(seen, 0)
    assert not patience.ripe(seen, LONGEST_GAP_S + 1)
    assert patience.ripe(seen, LONGEST_GAP_S + 6)


def test_while_everything_starts_nothing_is_told() -> None:
    patience, seen = Patience(starting_s=20), [Sighting(FAULT, 5)]
    assert [bool(patience.ripe(seen, at)) for at in (100, 107, 114, 119, 120)] == [False] * 4 + [True]


def test_a_stand_in_is_needed_for_a_dead_or_late_engine_and_for_nothing_else() -> None:
    assert needs_a_stand_in([Fault(Alarm.PROCESS_SILENT, "alerts/engine")], "alerts")
    assert needs_a_stand_in([Fault(Alarm.ENGINE_LATE, "deliveries")], "alerts")
    others = [Fault(Alarm.PROCESS_SILENT, "alerts/stream"), Fault(Alarm.KAFKA_AWAY, "kafka")]
    assert not needs_a_stand_in(others, "alerts")
