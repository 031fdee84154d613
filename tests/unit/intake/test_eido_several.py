"""Of several incidents in one object each has the time of its own calls, and a test call makes a drill of its own."""

from typing import Any

import pytest

from services.intake.feeds.eido import read_eido
from services.intake.feeds.reading import Unusable
from tests.unit.intake.feed_messages import CIRCLE, PIDF, eido, eido_incident

OLD, FRESH, UPDATED = "2026-03-01T09:00:00Z", "2026-03-01T16:52:10Z", "2026-03-01T16:58:00Z"
PLACES = [{"$id": one, "locationByValue": PIDF.format(shape=CIRCLE)} for one in ("place", "corner")]


def call(name: str, at: str = FRESH, **parts: Any) -> dict[str, Any]:
    return {"$id": name, "callStartTimestamp": at, "standardPrimaryCallType": "emergency"} | parts


def incident(name: str, **parts: Any) -> dict[str, Any]:
    return eido_incident(**{"$id": f"{name}-id", "incidentTrackingIdentifier": name} | parts)


def read(incidents: list[dict[str, Any]], calls: list[dict[str, Any]], **parts: Any) -> dict[str, tuple[Any, ...]]:
    document = eido(incidentComponent=incidents, callComponent=calls, locationComponent=PLACES, **parts)
    return {
        one["source_ref"]: (one["occurred_at"].replace("+00:00", "Z"), one["occurred_precision"].value, one["exercise"])
        for one in read_eido(document)
        if isinstance(one, dict)
    }


FRESH_AND_OLD = {"fresh": (FRESH, "minute", False), "old": (OLD, "minute", False)}


@pytest.mark.parametrize(
    ("fresh", "old", "of_fresh", "of_old"),
    [
        ({}, {}, {"incidentReference": {"$ref": "#fresh-id"}}, {"incidentReference": [{"$ref": "old-id"}]}),
        ({}, {}, {"incidentReference": "fresh"}, {"incidentTrackingIdentifier": "old"}),
        ({"callReference": [{"$ref": "#b"}]}, {"callReference": {"$ref": "#a"}}, {}, {}),
        ({"locationReference": [{"$ref": "#corner"}]}, {}, {"locationReference": [{"$ref": "#corner"}]},
         {"locationReference": [{"$ref": "#place"}]}),
        ({"personReference": [{"$ref": "her"}]}, {"personReference": [{"$ref": "him"}]},
         {"personReference": [{"$ref": "her"}]}, {"personReference": [{"$ref": "him"}]}),
        # what is named goes before what is shared
        ({}, {"locationReference": [{"$ref": "#corner"}]},
         {"incidentReference": "fresh", "locationReference": [{"$ref": "#corner"}]}, {"incidentReference": "old"}),
    ],
)  # fmt: skip
def test_each_incident_has_the_time_of_its_own_calls(
    fresh: dict[str, Any], old: dict[str, Any], of_fresh: dict[str, Any], of_old: dict[str, Any]
) -> None:
    incidents = [incident("old", **old), incident("fresh", **fresh)]
    assert read(incidents, [call("a", OLD, **of_old), call("b", **of_fresh)]) == FRESH_AND_OLD


def test_a_call_of_two_incidents_counts_for_both_and_the_earliest_own_one_tells_the_time() -> None:
    both = call("a", incidentReference=[{"$ref": "#one-id"}, {"$ref": "#two-id"}])
    earlier = call("b", UPDATED.replace("58", "41"), incidentReference=[{"$ref": "#two-id"}])
    times = read([incident("one"), incident("two")], [both, earlier])
    assert {name: at for name, (at, *_) in times.items()} == {"one": FRESH, "two": "2026-03-01T16:41:00Z"}


def test_without_a_call_of_its_own_it_has_the_time_of_its_own_last_update_to_the_hour() -> None:
    incidents = [incident("old", lastUpdateTimeStamp=OLD), incident("fresh", lastUpdateTimeStamp=UPDATED)]
    expected = {"old": (OLD, "hour", False), "fresh": (UPDATED, "hour", False)}
    assert read(incidents, [call("a", OLD), call("b")]) == expected
    # both share the place with it, or it names none of the two
    place = {"locationReference": [{"$ref": "#place"}]}
    assert read(incidents, [call("a", OLD, **place)]) == expected
    assert read(incidents, [call("a", OLD, incidentReference="a third", **place)]) == expected


def test_without_any_time_of_its_own_it_is_as_late_as_it_may_be() -> None:
    incidents = [incident("one"), incident("two")]
    latest = dict.fromkeys(("one", "two"), (UPDATED, "hour", False))
    assert read(incidents, [call("a", OLD), call("b", UPDATED)], lastUpdateTimeStamp=...) == latest
    assert read(incidents, [call("a", OLD)], lastUpdateTimeStamp=UPDATED) == latest
    # a call of the other one says nothing of it
    of_one = call("b", UPDATED, incidentReference="one")
    times = read(incidents, [call("a", OLD), of_one], lastUpdateTimeStamp=...)
    assert (times["one"][0], times["two"][0]) == (UPDATED, OLD)


def test_what_has_no_time_at_all_is_refused_alone() -> None:
    document = eido(
        incidentComponent=[incident("one"), incident("two")],
        callComponent=[call("a", incidentReference="one")],
        lastUpdateTimeStamp=...,
    )
    first, second = read_eido(document)
    assert isinstance(first, dict)
    assert isinstance(second, Unusable)
    assert second.pointer == "/incidentComponent/1/lastUpdateTimeStamp"


def test_a_broken_call_of_one_loses_no_other() -> None:
    calls = [call("a", "noon", incidentReference="one"), call("b", incidentReference="two")]
    first, second = read_eido(eido(incidentComponent=[incident("one"), incident("two")], callComponent=calls))
    assert isinstance(first, Unusable)
    assert first.pointer == "/callComponent/0/callStartTimestamp"
    assert isinstance(second, dict)


def test_a_test_call_makes_a_drill_of_its_own_incident_alone() -> None:
    incidents = [incident("one", lastUpdateTimeStamp=UPDATED), incident("two", lastUpdateTimeStamp=UPDATED)]

    def drills(*calls: dict[str, Any]) -> list[bool]:
        return [is_drill for *_, is_drill in read(incidents, list(calls)).values()]

    def of(name: str | None, words: str) -> dict[str, Any]:
        named = {} if name is None else {"incidentReference": name}
        return call(f"{name}-{words}", standardPrimaryCallType=words, **named)

    assert drills(of("one", "test"), of("two", "emergency")) == [True, False]
    assert drills(of("one", "test")) == [True, False]
    assert drills(of("one", "test"), of("one", "emergency")) == [False, False]
    assert drills(of("one", "test"), of(None, "test")) == [True, True]
    # it is of one of the two, and nobody can tell of which
    assert drills(of(None, "test"), of(None, "emergency")) == [False, False]
    assert drills(of(None, "test")) == [False, False]
    assert drills(of(None, "test"), of("one", "emergency")) == [False, False]
    # there is no call that is none
    assert drills(of(None, "test"), of(None, "TestCall")) == [True, True]


def test_whatever_stands_for_a_reference_breaks_nothing() -> None:
    for odd in (7, None, {}, [[]], {"$ref": 7}, {"$ref": {"$ref": "x"}}, [{"$ref": ""}], ""):
        parts = {"incidentReference": odd, "locationReference": odd, "personReference": odd}
        incidents = [incident("one", callReference=odd, **{"$id": odd}), incident("two", personReference=odd)]
        assert read(incidents, [call("a", OLD, **parts), call("b", UPDATED, **{"$id": odd})]).keys() == {"one", "two"}
