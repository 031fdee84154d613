"""The programme comes from the database: a verb takes it over, and within a second it is in force."""

import copy
from typing import Any

import pytest

from services.intake.programme import ProgrammeUnusable
from tests.support.intake import NOTHING, Intake, a_report, dc_document
from tests.support.waiting import eventually


def changed(**sections: Any) -> dict[str, Any]:
    document = copy.deepcopy(dc_document())
    document["sections"].update(sections)
    return document


async def test_without_a_programme_nothing_is_taken_and_the_way_out_is_named(bare_intake: Intake) -> None:
    answer = await bare_intake.post(a_report())
    assert answer.status_code == 503
    assert "python -m services.intake load-programme" in answer.json()["detail"]
    assert await bare_intake.counts() == NOTHING


async def test_it_is_in_force_as_soon_as_it_is_loaded(bare_intake: Intake) -> None:
    assert (await bare_intake.post(a_report(), key="k")).status_code == 503
    await bare_intake.load(dc_document())
    assert (await bare_intake.post(a_report(), key="k")).status_code == 201


async def test_loading_it_again_changes_nothing(intake: Intake) -> None:
    areas = await intake.events(topic="intake.areas")
    assert len(areas) == 20 + 8 + 39 + 1
    assert set(areas) == {("defined", 1)}
    again = await intake.load(dc_document())
    assert (again.version, again.is_new, again.areas_defined) == (1, False, 0)
    assert await intake.events(topic="intake.areas") == areas


async def test_areas_are_named_by_kind_and_id(intake: Intake) -> None:
    async with intake.db.transaction() as tx:
        rows = await tx.rows("SELECT key, value FROM outbox WHERE key IN ('ward/ward-1', 'community/park-view')")
    assert len(rows) == 2


async def test_another_programme_is_the_next_version_and_comes_into_force_by_itself(intake: Intake) -> None:
    assert (await intake.taken(kind="assault"))["incident"]["state"] == "reported"
    activation = dc_document()["sections"]["activation"] | {"kinds": ["assault"]}
    loaded = await intake.load(changed(activation=activation))
    assert (loaded.version, loaded.is_new, loaded.areas_defined) == (2, True, 0)

    async def assaults_activate() -> bool:
        return bool((await intake.taken(kind="assault"))["incident"]["state"] == "activated")

    await eventually(assaults_activate, within_s=5)


async def test_going_back_to_an_earlier_programme_is_a_version_too(intake: Intake) -> None:
    await intake.load(changed(name="Another name"))
    assert (await intake.load(dc_document())).version == 3


async def test_bounds_that_leave_an_area_of_the_office_outside_are_refused_and_what_was_in_force_stays(
    intake: Intake,
) -> None:
    ring = [[-77.1199, 38.9], [-77.1196, 38.9], [-77.1196, 38.901], [-77.1199, 38.9]]
    outline = {"type": "Polygon", "coordinates": [ring]}
    edge = {"type": "Feature", "properties": {"id": "edge", "name": "Edge"}, "geometry": outline}
    body = {"kind": "boundary", "effective_from": "2030-01-01", "collection": {"features": [edge]}}
    assert (await intake.staff("program_office").post("/v1/area-sets", json=body)).status_code == 200
    narrower = dc_document()["sections"]["bounds"] | {"west": -77.1195}
    with pytest.raises(ProgrammeUnusable, match="boundary areas from 2030-01-01: feature 1 lies outside"):
        await intake.load(changed(bounds=narrower))
    assert (await intake.load(changed(name="Another name"))).version == 2


async def test_an_area_that_changes_its_name_is_announced_once(intake: Intake) -> None:
    document = changed()
    document["collections"]["areas/wards.geojson"]["features"][0]["properties"]["name"] = "The First Ward"
    loaded = await intake.load(document)
    assert (loaded.version, loaded.areas_defined) == (2, 1)
    assert [one for one in await intake.events(topic="intake.areas") if one[1] == 2] == [("defined", 2)]


async def test_a_feed_asks_where_the_programme_is(intake: Intake) -> None:
    answer = await intake.source().get("/v1/programme")
    assert answer.json() == {
        "id": "dc_onse",
        "name": "Violence Intervention Initiative",
        "version": 1,
        "time_zone": "America/New_York",
        "bounds": {"south": 38.79, "west": -77.12, "north": 39.0, "east": -76.9},
    }
