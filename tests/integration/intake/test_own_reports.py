"""A source reads what became of each of its own reports: its incident's state, and nothing of others or of people."""

from shared.kernel.ids import new_id
from tests.support.intake import Intake


async def test_a_source_reads_what_became_of_its_own_and_not_of_anothers(intake: Intake) -> None:
    taken = await intake.taken(source_ref="22118279")
    feed, address = intake.source(), f"/v1/reports/{taken['report_id']}"
    shown = await feed.get(address)
    assert shown.json() == {
        "report_id": taken["report_id"],
        "source_ref": "22118279",
        "received_at": taken["incident"]["opened_at"],
        "incident_id": taken["incident_id"],
        "state": "activated",
        "screened_out_reason": None,
    }
    await intake.decide(taken["incident_id"], "screen-out", {"reason": "unfounded"})
    later = (await feed.get(address)).json()
    assert (later["state"], later["screened_out_reason"]) == ("screened_out", "unfounded")
    unknown = await feed.get(f"/v1/reports/{new_id()}")
    foreign = await intake.source("hospital").get(address)
    assert (foreign.status_code, foreign.json()) == (404, unknown.json())
    assert (await intake.staff("dispatcher").get(address)).status_code == 404
    assert (await intake.staff("analyst").get(address)).status_code == 403


async def test_of_what_is_known_already_a_source_is_told_the_state_alone_also_of_its_own(intake: Intake) -> None:
    resident = intake.source("resident")
    opened = await intake.taken(by=resident, source_ref="line-7", injured=1)
    assert opened["incident"]["injured"] == 1, "what it said itself"
    incident_id = opened["incident_id"]
    await intake.taken(by=intake.source("hospital"), injured=3, juvenile_involved=True)
    assert (await intake.shown(incident_id))["juvenile_involved"] is True
    alone = {"incident_id": incident_id, "state": "activated"}
    for said in ({"injured": 1}, {"injured": 2}):
        again = await intake.taken(by=resident, source_ref="line-7", **said)
        assert (again["disposition"], again["incident"]) == ("attached", alone)
    by_desk = await intake.taken(by=intake.staff(), injured=4)
    assert (by_desk["disposition"], by_desk["incident"]["juvenile_involved"]) == ("attached", True), "staff see it"


async def test_its_list_goes_on_from_a_time_page_by_page_and_holds_its_own_alone(intake: Intake) -> None:
    first = [(await intake.taken(source_ref=f"a{number}"))["report_id"] for number in range(2)]
    await intake.taken(by=intake.source("hospital"))
    await intake.deployment.advance(minutes=5)
    later = [(await intake.taken(source_ref=f"b{number}"))["report_id"] for number in range(3)]
    feed = intake.source()
    everything = (await feed.get("/v1/reports")).json()["items"]
    assert [one["report_id"] for one in everything] == first + later
    since = {"since": everything[2]["received_at"], "limit": 2}
    page = await feed.get("/v1/reports", params=since)
    rest = await feed.get(page.links["next"]["url"])
    assert [one["report_id"] for one in page.json()["items"] + rest.json()["items"]] == later
    assert rest.json()["next"] is None
    assert (await feed.get("/v1/reports", params={"since": "yesterday"})).status_code == 422


async def test_of_a_restricted_incident_its_source_learns_nothing_more(intake: Intake) -> None:
    taken = await intake.taken()
    said = {"restricted": True, "reason": "worker_involved"}
    assert (await intake.decide(taken["incident_id"], "visibility", said, role="supervisor")).status_code == 200
    feed = intake.source()
    assert (await feed.get(f"/v1/reports/{taken['report_id']}")).status_code == 404
    assert (await feed.get("/v1/reports")).json()["items"] == []


async def test_where_its_incident_was_merged_it_reads_of_the_one_that_goes_on(intake: Intake) -> None:
    first = await intake.taken(source_ref="1")
    other = await intake.taken(by=intake.source("hospital"), location={"lat": 38.9, "lon": -77.02})
    into = {"into": first["incident_id"], "reason": "same_event"}
    merged = await intake.decide(other["incident_id"], "merge", into)
    assert merged.status_code == 200, merged.text
    shown = (await intake.source("hospital").get(f"/v1/reports/{other['report_id']}")).json()
    assert (shown["incident_id"], shown["state"]) == (first["incident_id"], "activated")
