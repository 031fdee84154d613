"""The recount's own arithmetic: newest version wins, repeats count once, drills never; and differences are named."""

from typing import Any

from deploy.local.demo.recount import differences, once, recount
from deploy.local.demo.topics import Seen


def seen(topic: str, subject: str, version: int, **body: Any) -> Seen:
    kind = {
        "intake.incidents": "truce.intake.incident.opened.v1",
        "operations.alarms": "truce.operations.alarm.raised.v1",
    }
    return Seen(topic, f"{subject}-{version}", kind.get(topic, "truce.x.y.z.v1"), subject, version, body)


def incident(root: str, version: int, **facts: Any) -> Seen:
    snapshot = {"version": version, "kind": "shooting", "state": "reported", "exercise": False} | facts
    return seen("intake.incidents", root, version, incident=snapshot)


def dispatch(root: str, version: int, **facts: Any) -> Seen:
    snapshot = {"version": version, "state": "open", "exhausted_count": 0, "exercise": False} | facts
    return seen("alerts.dispatches", root, version, dispatch=snapshot)


def test_the_newest_version_of_an_incident_is_the_one_that_counts() -> None:
    numbers = recount([incident("a", 2, kind="homicide"), incident("a", 1), incident("b", 1)], 0)
    assert numbers["incidents"] == 2
    assert numbers["incidents by kind: homicide"] == 1
    assert numbers["incidents by kind: shooting"] == 1
    assert numbers["incidents by community: none"] == 2


def test_a_record_published_twice_is_one_event() -> None:
    records = [incident("a", 1), incident("a", 1), incident("a", 2)]
    assert len(once(records)) == 2
    assert recount(records, 0)["events by topic: intake.incidents"] == 2


def test_a_drill_is_not_counted_anywhere() -> None:
    records = [incident("a", 1, exercise=True), dispatch("a", 1, exercise=True, offers=[{"state": "accepted"}])]
    assert [name for name, number in recount(records, 0).items() if number] == []


def test_offers_assignments_and_moments_are_counted_by_what_became_of_them() -> None:
    offers = [{"state": "declined", "first_attempt_at": "t"}, {"state": "accepted", "acknowledged_at": "t"}]
    assignments = [{"state": "cleared", "accepted_at": "t", "on_scene_at": "t"}]
    numbers = recount(
        [
            incident("a", 2, state="activated", activated_at="t", community={"area_id": "park-view"}),
            dispatch("a", 9, state="staffed", exhausted_count=1, offers=offers, assignments=assignments),
            incident("b", 2, state="activated", activated_at="t"),
        ],
        0,
    )
    assert numbers["activated"] == 2
    assert numbers["activated and attempted"] == 1
    assert numbers["activated and acknowledged"] == 1
    assert numbers["activated and accepted"] == 1
    assert numbers["activated and on scene"] == 1
    assert numbers["offers by outcome: declined"] == 1
    assert numbers["offers by outcome: accepted"] == 1
    assert numbers["assignments by state: cleared"] == 1
    assert numbers["dispatches by state: staffed"] == 1
    assert numbers["dispatches ever exhausted"] == 1
    assert numbers["incidents by community: park-view"] == 1


def test_handoffs_alarms_and_dead_letters_are_counted() -> None:
    case = {"version": 3, "handoffs": [{"state": "accepted"}, {"state": "requested"}]}
    alarms = [
        seen("operations.alarms", "intake/dead_letter/t", 1, alarm={"alarm": "dead_letter"}),
        seen("operations.alarms", "intake/dead_letter/t", 1, alarm={"alarm": "dead_letter"}),
        seen("operations.alarms", "alerts/endpoint_gone/e", 1, alarm={"alarm": "endpoint_gone"}),
    ]
    numbers = recount([seen("casework.cases", "c", 3, case=case), *alarms], 4)
    assert numbers["handoffs by outcome: accepted"] == 1
    assert numbers["handoffs by outcome: requested"] == 1
    assert numbers["alarms"] == 2
    assert numbers["alarms about dead letters"] == 1
    assert numbers["dead letters"] == 4


def test_every_difference_is_one_line_and_a_missing_name_is_a_zero() -> None:
    assert differences({"a": 1, "b": 2, "z": 0}, {"a": 1, "c": 3}) == [
        "b: the topics say 2, reporting says 0",
        "c: the topics say 0, reporting says 3",
    ]
