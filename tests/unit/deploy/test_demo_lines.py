"""The demo's lines say when, where, who was asked with what outcome, who has it and how long it took."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from deploy.local.demo.lines import Names, Took, not_activated_line, outcome_of, response_line

NAMES = Names({"w1": "heron", "w2": "kestrel"}, {"cluster-39": "Cluster 39, Congress Heights"})
WHEN = datetime.fromisoformat("2022-08-26T02:16:00-04:00")
TOOK = Took(timedelta(milliseconds=21), timedelta(seconds=2.64), by_dispatcher=False)


def incident(**facts: Any) -> dict[str, Any]:
    near = {"area_id": "petworth", "name": "Petworth", "distance_m": 429.6}
    return {"kind": "armed_robbery", "occurred_precision": "hour", "state": "activated", "community": near} | facts


def offer(worker: str, state: str, **facts: Any) -> dict[str, Any]:
    return {"interrupter_id": worker, "state": state, "made_at": worker, "acknowledge_by": "10:02"} | facts


def dispatch(*offers: dict[str, Any], taken_by: str | None = None, exhausted: int = 0) -> dict[str, Any]:
    assignments = [] if taken_by is None else [{"interrupter_id": taken_by, "state": "cleared"}]
    return {"offers": list(offers), "assignments": assignments, "exhausted_count": exhausted}


def test_who_was_asked_and_who_has_it() -> None:
    asked = dispatch(
        offer("w2", "accepted", acknowledged_at="10:01", settled_at="10:01"),
        offer("w1", "declined", decline_reason="off_shift"),
        taken_by="w2",
    )
    line = response_line(incident(), asked, WHEN, TOOK, NAMES).plain
    assert line.startswith("Fri 26 Aug 02:16 armed robbery outside, 430 m from Petworth  ")
    assert line.endswith(
        "  heron: declined (off shift) → kestrel: yes → kestrel HAS IT  "
        "[first webhook 21 ms, accepted 2.6 s after the report]"
    )


def test_exhausted_is_said_and_what_happened_after_all_too() -> None:
    took = Took(timedelta(milliseconds=30), None, by_dispatcher=True)
    line = response_line(incident(), dispatch(exhausted=1), WHEN, took, NAMES).plain
    assert line.endswith("nobody is free → EXHAUSTED, desk paged  [first webhook 30 ms after the dispatcher's word]")
    after_all = response_line(incident(), dispatch(taken_by="w1", exhausted=1), WHEN, took, NAMES).plain
    assert "heron HAS IT after all" in after_all


def test_places_inside_a_community_and_far_from_all() -> None:
    inside = incident(community={"area_id": "petworth", "name": "Petworth", "distance_m": 0.0})
    far = incident(community=None, cluster="cluster-39")
    assert " Petworth  " in response_line(inside, dispatch(), WHEN, TOOK, NAMES).plain
    assert " Cluster 39, Congress Heights  " in response_line(far, dispatch(), WHEN, TOOK, NAMES).plain


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"state": "accepted", "acknowledged_at": "10:01", "settled_at": "10:01"}, "yes"),
        ({"state": "accepted", "acknowledged_at": "10:03", "settled_at": "10:03"}, "late yes"),
        ({"state": "expired", "delivered_at": "10:00"}, "no answer"),
        ({"state": "expired"}, "not reached"),
        ({"state": "taken"}, "told it is taken"),
        ({"state": "declined", "decline_reason": "unsafe"}, "declined (unsafe)"),
    ],
)
def test_what_became_of_one_question(facts: dict[str, Any], words: str) -> None:
    assert outcome_of(offer("w1", **facts)) == words


def test_why_nobody_was_asked() -> None:
    homicide = incident(state="reported", kind="homicide", occurred_precision="day")
    line = not_activated_line(homicide, ["day_only"], WHEN, NAMES).plain
    assert line.startswith("Fri 26 Aug --:-- homicide")
    assert line.endswith("waits for the dispatcher: a date without a time")
    elsewhere = incident(state="screened_out", screened_out_reason="out_of_scope", route="dc_victim_hotline")
    line = not_activated_line(elsewhere, ["out_of_scope"], None, NAMES).plain
    assert line.startswith("(made-up call)")
    assert line.endswith("not ours: out_of_scope, passed on to dc_victim_hotline")
