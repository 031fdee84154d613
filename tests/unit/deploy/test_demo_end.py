"""When an activated incident has its end, and which summaries are no success."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.local.demo.arrivals import Arrivals
from deploy.local.demo.follow import Follower
from deploy.local.demo.summary import Summary
from deploy.local.demo.topics import Seen

NOW = datetime(2026, 3, 2, tzinfo=UTC)
GOOD = Summary(
    rows=1,
    reports={},
    made_up_calls={},
    skipped={},
    broken=0,
    incidents=1,
    screened_out=0,
    activated={},
    not_activated=0,
    offers={},
    exhausted={},
    without_end=(),
    first_attempt_ms={"n": 0},
    first_webhook_ms={"n": 0},
    response_times={},
    events={},
    dead_letters=0,
    follow_ups={},
    handoffs={},
    webhooks={},
    badly_signed={},
    reconciled=True,
    numbers_compared=1,
    differences=(),
    restarts={},
    seconds={},
)


def follower(state: str, assignments: list[dict[str, Any]]) -> Follower:
    known = Follower()
    incident = {"version": 2, "state": "activated"}
    dispatch = {"version": 5, "state": state, "offers": [], "assignments": assignments}
    known.take(Seen("intake.incidents", "", "", "a", 2, {"incident": incident}))
    known.take(Seen("alerts.dispatches", "", "", "a", 5, {"dispatch": dispatch}))
    return known


def arrivals(*, paged: bool) -> Arrivals:
    return Arrivals(Path("unused"), paged_at={"a": NOW} if paged else {})


@pytest.mark.parametrize(
    ("state", "assignments", "paged", "without_end"),
    [
        ("open", [], False, ["a"]),
        ("staffed", [{"state": "accepted"}], False, []),
        ("staffed", [{"state": "cleared"}], False, []),
        ("open", [{"state": "stood_down"}], False, ["a"]),
        ("exhausted", [], True, []),
        ("exhausted", [], False, ["a"]),
        ("open", [], True, ["a"]),
    ],
)
def test_an_end_is_somebody_who_has_it_or_a_desk_that_was_paged(
    state: str, assignments: list[dict[str, Any]], paged: bool, without_end: list[str]
) -> None:
    assert follower(state, assignments).without_end(arrivals(paged=paged)) == without_end


def test_an_older_version_does_not_take_the_end_back() -> None:
    known = follower("staffed", [{"state": "accepted"}])
    older = {"version": 4, "state": "open", "offers": [], "assignments": []}
    known.take(Seen("alerts.dispatches", "", "", "a", 4, {"dispatch": older}))
    assert known.without_end(arrivals(paged=False)) == []


@pytest.mark.parametrize("state", ["open", "exhausted"])
def test_a_role_that_waits_for_somebody_who_becomes_free_is_not_rest(state: str) -> None:
    """Between two questions, and when everybody was asked: the scene may be cleared while the families have nobody."""
    assert not follower(state, [{"state": "cleared"}]).responses["a"].is_at_rest


def test_somebody_out_there_or_being_asked_is_not_rest() -> None:
    assert follower("staffed", [{"state": "cleared"}]).responses["a"].is_at_rest
    assert not follower("staffed", [{"state": "on_scene"}]).responses["a"].is_at_rest


def test_all_well_is_code_zero() -> None:
    assert (GOOD.faults, GOOD.exit_code) == ([], 0)


@pytest.mark.parametrize(
    "fault",
    [
        {"reconciled": False},
        {"reconciled": False, "differences": ("a: the topics say 1, reporting says 2",)},
        {"without_end": ("a",)},
        {"dead_letters": 1},
        {"badly_signed": {"heron": 1}},
        {"further_faults": ("report x: refused",)},
    ],
)
def test_each_fault_alone_is_code_one(fault: dict[str, Any]) -> None:
    summary = replace(GOOD, **fault)
    assert len(summary.faults) == 1
    assert summary.exit_code == 1
