"""Incidents and victims, against numbers worked out by hand."""

from tests.integration.reporting.conftest import Ledger
from tests.support.deployment import PARTITIONS
from tests.support.histories import DispatchStory, IncidentStory, at, told
from tests.support.surroundings import area


async def test_incidents_are_counted_by_the_programmes_own_days(ledger: Ledger) -> None:
    late = IncidentStory("shooting", at("2022-08-23T03:59:59+00:00"))
    midnight = IncidentStory("homicide", at("2022-08-23T04:00:00+00:00"), community=None)
    winter = IncidentStory("stabbing", at("2022-12-01T04:59:59+00:00"), ward="ward-1")
    await ledger.tell(told(late, midnight, winter))

    assert await ledger.counts("incidents", "day") == {"2022-08-22": 1, "2022-08-23": 1, "2022-11-30": 1}
    assert await ledger.counts("incidents", "community") == {"park-view": 2, None: 1}
    assert await ledger.counts("incidents", "ward") == {"ward-1": 1, None: 2}
    assert await ledger.counts("incidents", "day,kind", period="2022-08") == {
        ("2022-08-22", "shooting"): 1,
        ("2022-08-23", "homicide"): 1,
    }
    assert await ledger.total("incidents", period="2022-08-22") == {"count": 1}
    assert await ledger.total("incidents", period="2022-08-23..2022-11-30") == {"count": 2}
    assert await ledger.total("incidents", period="2022-11-30") == {"count": 1}
    assert await ledger.total("incidents", period="2022-12") == {"count": 0}
    assert await ledger.total("incidents") == {"count": 3}


async def test_a_day_when_the_clocks_change_is_whole(ledger: Ledger) -> None:
    """6 November 2022 has 25 hours in Washington."""
    first = IncidentStory("shooting", at("2022-11-06T00:00:00-04:00"))
    last = IncidentStory("shooting", at("2022-11-06T23:59:59-05:00"))
    next_day = IncidentStory("shooting", at("2022-11-07T00:00:00-05:00"))
    await ledger.tell(told(first, last, next_day))

    assert await ledger.total("incidents", period="2022-11-06") == {"count": 2}
    assert await ledger.counts("incidents", "day") == {"2022-11-06": 2, "2022-11-07": 1}


async def test_a_shooting_that_becomes_a_homicide_moves_its_count_once(ledger: Ledger) -> None:
    story = IncidentStory("shooting", injured=1, killed=0).activated()
    await ledger.tell(story.events)
    assert await ledger.counts("incidents", "kind") == {"shooting": 1}
    assert (await ledger.total("victims"))["killed"] == 0

    before = len(story.events)
    await ledger.tell(story.reclassified("homicide", injured=0, killed=1).closed().events[before:])
    assert await ledger.counts("incidents", "kind,state") == {("homicide", "closed"): 1}
    assert await ledger.total("incidents") == {"count": 1}
    assert await ledger.total("victims") == {"injured": 0, "killed": 1, "injured_unknown": 0, "killed_unknown": 0}
    assert (await ledger.total("response_time_accepted"))["missing"] == 1


async def test_an_incident_that_is_tagged_anew_moves_its_count_once(ledger: Ledger) -> None:
    story = IncidentStory("shooting", injured=2).activated()
    await ledger.tell(story.events)
    assert await ledger.counts("incidents", "community") == {"park-view": 1}
    tagged = story.retagged("elm").events[-1]
    await ledger.tell([tagged, tagged, story.closed().events[-1]])
    assert await ledger.counts("incidents", "community") == {"elm": 1}
    assert await ledger.total("incidents") == {"count": 1}
    assert (await ledger.total("victims"))["injured"] == 2


async def test_screened_out_incidents_are_told_apart_and_their_victims_are_not_summed(ledger: Ledger) -> None:
    stands = IncidentStory("shooting", injured=2, killed=1)
    unknown = IncidentStory("shooting", injured=None, killed=0)
    unfounded = IncidentStory("shooting", injured=5, killed=5).screened_out()
    await ledger.tell(told(stands, unknown, unfounded))

    assert await ledger.counts("incidents", "state") == {"reported": 2, "screened_out": 1}
    assert await ledger.total("victims") == {"injured": 2, "killed": 1, "injured_unknown": 1, "killed_unknown": 0}


async def test_what_was_merged_is_counted_once_where_it_went_and_again_once_when_it_comes_back(ledger: Ledger) -> None:
    kept, lost = IncidentStory(injured=1, killed=0).activated(), IncidentStory(injured=2, killed=0).activated()
    await ledger.tell(told(kept, lost, DispatchStory(kept).offered(0, attempt_s=2)))
    assert await ledger.total("incidents") == {"count": 2}
    before = len(lost.events)
    await ledger.tell(lost.merged(kept).events[before:])
    assert await ledger.total("incidents") == {"count": 1}
    assert (await ledger.total("victims"))["injured"] == 1
    response = await ledger.total("response_time_first_attempt")
    assert (response["n"], response["missing"]) == (1, 0)
    await ledger.tell(lost.brought_back("activated").events[before + 1 :])
    assert await ledger.counts("incidents", "state") == {"activated": 2}
    assert (await ledger.total("victims"))["injured"] == 3
    assert (await ledger.total("response_time_first_attempt"))["missing"] == 1


async def test_a_number_can_be_limited_to_an_area(ledger: Ledger) -> None:
    here = IncidentStory("shooting", community="park-view", ward="one", cluster="one")
    there = IncidentStory("shooting", community="petworth", ward="one", cluster="two")
    nowhere = IncidentStory("shooting", community=None, ward="two", cluster="one")
    names = [
        area("community", "park-view", "Park View"),
        area("ward", "one", "Ward 1"),
        area("ward", "two", "Ward 2"),
        area("cluster", "one", "Cluster 1"),
    ]
    await ledger.tell(told(here, there, nowhere) + names)

    assert await ledger.total("incidents", area="park-view") == {"count": 1}
    assert await ledger.total("incidents", area="community:park-view") == {"count": 1}
    assert await ledger.total("incidents", area="ward:one") == {"count": 2}
    assert await ledger.total("incidents", area="cluster:one") == {"count": 2}
    assert await ledger.total("incidents", area="two") == {"count": 1}
    by_ward = await ledger.ask("incidents", by="ward", area="community:park-view")
    assert by_ward["area"] == "community:park-view"
    assert by_ward["labels"] == {"ward": {"one": "Ward 1", "two": "Ward 2"}}
    assert [(row["by"], row["values"]) for row in by_ward["rows"]] == [({"ward": "one"}, {"count": 1})]


async def test_an_answer_says_what_it_means_and_up_to_where_it_has_seen(ledger: Ledger) -> None:
    empty = await ledger.ask("incidents", by="kind")
    assert empty["rows"] == []
    assert empty["total"] == {"count": 0}
    assert empty["as_of"]["last_event_at"] is None

    story = IncidentStory("shooting", at("2022-08-22T12:00:00+00:00")).activated().closed()
    await ledger.tell(story.events)
    answer = await ledger.ask("incidents", by="kind", period="2022-08")
    assert answer["kpi"]["id"] == "incidents"
    assert answer["kpi"]["definition_version"] == 3
    assert (answer["first_day"], answer["last_day"], answer["time_zone"]) == (
        "2022-08-01",
        "2022-08-31",
        "America/New_York",
    )
    assert answer["as_of"]["last_event_at"] == "2022-08-22T12:03:00Z"
    positions = answer["as_of"]["positions"][f"{ledger.deployment.prefix}intake.incidents"]
    assert (len(positions), sum(positions)) == (PARTITIONS, 3)


async def test_a_restricted_incident_is_counted_and_no_place_smaller_than_a_ward_is_told_of_it(ledger: Ledger) -> None:
    kept = IncidentStory("homicide", ward="ward-1", cluster="cluster-2", injured=0, killed=1).activated()
    response = DispatchStory(kept).offered(1.0)
    await ledger.tell(told(kept, response, IncidentStory("shooting", ward="ward-1", cluster="cluster-2")))
    assert await ledger.counts("incidents", "community") == {"park-view": 2}
    assert await ledger.counts("offers", "community") == {"park-view": 1}

    await ledger.tell(kept.restricted().events[-1:])
    assert await ledger.counts("incidents", "community") == {"park-view": 1, None: 1}
    assert await ledger.counts("incidents", "cluster,kind") == {("cluster-2", "shooting"): 1, (None, "homicide"): 1}
    assert await ledger.counts("incidents", "ward") == {"ward-1": 2}
    assert (await ledger.total("victims"))["killed"] == 1
    for kpi in ("offers", "dispatches"):
        assert await ledger.counts(kpi, "community") == {None: 1}
    for kpi in ("response_time_accepted", "triage_held"):
        assert "park-view" not in str((await ledger.ask(kpi, by="community"))["rows"])


async def test_why_incidents_were_screened_out_is_counted_and_what_comes_back_moves_once(ledger: Ledger) -> None:
    routed = IncidentStory("shooting").screened_out("dc_victim_hotline")
    unfounded = IncidentStory("shooting").activated().screened_out()
    await ledger.tell(told(routed, unfounded, IncidentStory("shooting")))
    assert await ledger.counts("incidents", "state,screened_out_reason,route") == {
        ("reported", None, None): 1,
        ("screened_out", "out_of_scope", "dc_victim_hotline"): 1,
        ("screened_out", "unfounded", None): 1,
    }
    back = unfounded.reopened("activated").events[-1]
    await ledger.tell([back, back])
    assert await ledger.counts("incidents", "state,screened_out_reason") == {
        ("activated", None): 1,
        ("reported", None): 1,
        ("screened_out", "out_of_scope"): 1,
    }
