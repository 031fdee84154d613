"""Areas through time: sets that follow each other, what is announced of them, and incidents tagged anew."""

import json
from collections.abc import AsyncGenerator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.intake.usecases import retag_incidents as retag_incidents_module
from services.intake.usecases.retag_incidents import Retagged, Retagging, retag_incidents
from tests.support.intake import NOTHING, Intake, dc_document, point_in
from tests.support.served_intake import Served
from tests.support.waiting import eventually

COMMUNITIES = dc_document()["collections"]["areas/communities.geojson"]["features"]
OLD = {"occurred_at": "2023-06-01T03:59:00Z", "occurred_precision": "minute"}


def renamed(area_id: str, into: str, areas: Any = COMMUNITIES) -> dict[str, Any]:
    """The District's communities, or others of its areas, one of them under another id."""
    features = [
        one if one["properties"]["id"] != area_id else one | {"properties": {"id": into, "name": into.title()}}
        for one in areas
    ]
    return {"type": "FeatureCollection", "features": features}


async def loads(
    intake: Intake, collection: Any, effective: str, role: str = "program_office", kind: str = "community"
) -> Any:
    body = {"kind": kind, "effective_from": effective, "collection": collection}
    return await intake.staff(role).post("/v1/area-sets", json=body)


async def retagged(intake: Intake, *, dry_run: bool = False) -> list[Retagged]:
    return [one async for one in retagging(intake, dry_run=dry_run)]


def retagging(intake: Intake, *, dry_run: bool = False) -> AsyncGenerator[Retagged]:
    day = date(2023, 5, 31)
    return retag_incidents(intake.db, Retagging(day, day, "a-planner", dry_run=dry_run))


async def community(intake: Intake, **said: Any) -> str | None:
    found = (await intake.taken(**said, source_ref=f"r-{uuid4()}"))["incident"]["community"]
    return None if found is None else found["area_id"]


async def test_an_incident_belongs_to_what_was_in_force_on_the_day_it_occurred_on_the_citys_clock(
    intake: Intake,
) -> None:
    """The new set holds from 1 June; 3:59 UTC of that day is 31 May in Washington."""
    assert await community(intake) == "park-view"
    answer = await loads(intake, renamed("park-view", "elm"), "2023-06-01")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["is_new"], told["areas"], told["defined"], told["retired"]) == (True, 20, 1, 1)
    assert told["overlaps"]

    async def in_force() -> bool:
        return await community(intake) == "elm"

    await eventually(in_force, within_s=5)
    assert await community(intake, **OLD) == "park-view"
    assert await community(intake, **OLD | {"occurred_at": "2023-06-01T04:00:00Z"}) == "elm"
    events = await intake.events(topic="intake.areas")
    assert events[-2:] == [("defined", 1), ("retired", 2)] or events[-2:] == [("retired", 2), ("defined", 1)]
    again = (await loads(intake, renamed("park-view", "elm"), "2023-06-01")).json()
    assert (again["is_new"], again["defined"], again["retired"]) == (False, 0, 0)
    assert await intake.events(topic="intake.areas") == events
    sets = (await intake.staff("auditor").get("/v1/area-sets")).json()["items"]
    days = [one["effective_from"] for one in sets if one["kind"] == "community"]
    assert days == ["2021-07-01", "2023-06-01"]
    assert [one["loaded_by"] for one in sets if one["kind"] == "community"] == [None, "a-program_office"]


async def test_a_set_is_taken_whole_or_not_at_all_and_by_the_office_alone(intake: Intake) -> None:
    before = await intake.events(topic="intake.areas")
    broken = renamed("park-view", "elm")
    ring = [[-77.02, 38.9], [-77.01, 38.91], [-77.01, 38.9], [-77.02, 38.91], [-77.02, 38.9]]
    broken["features"][3] = broken["features"][3] | {"geometry": {"type": "Polygon", "coordinates": [ring]}}
    answer = await loads(intake, broken, "2023-06-01")
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["pointer"] == "/collection/features/3"
    assert "self-intersection at 38.905, -77.015" in error["detail"]
    for role in ("dispatcher", "supervisor", "auditor"):
        assert (await loads(intake, broken, "2023-06-01", role=role)).status_code == 403
    assert (await loads(intake, {"features": []}, "2023-06-31")).status_code == 422
    assert await intake.events(topic="intake.areas") == before
    assert len((await intake.staff("auditor").get("/v1/area-sets")).json()["items"]) == 4
    assert (await intake.counts()) | {"idempotency_keys": 0} == NOTHING


async def test_a_programme_brings_its_files_in_and_leaves_what_the_office_put_in_their_place(intake: Intake) -> None:
    assert (await loads(intake, renamed("park-view", "elm"), "2021-07-01")).json()["is_new"]
    document = dc_document() | {"sections": dc_document()["sections"] | {"name": "Another name"}}
    assert (await intake.load(document)).areas_defined == 0

    async def in_force() -> bool:
        return await community(intake) == "elm"

    await eventually(in_force, within_s=5)


async def test_a_period_is_tagged_anew_once_and_nothing_else(intake: Intake) -> None:
    moved = (await intake.taken(**OLD, source_ref="a"))["incident_id"]
    closed = (await intake.taken(**OLD, relationship="family", source_ref="b"))["incident_id"]
    stays = (await intake.taken(**OLD, location=point_in("southwest-south")))["incident_id"]
    later = (await intake.taken(**OLD | {"occurred_at": "2023-06-01T04:00:00Z"}, source_ref="c"))["incident_id"]
    sooner = (await intake.taken(**OLD | {"occurred_at": "2023-05-31T03:59:59Z"}, source_ref="d"))["incident_id"]
    await loads(intake, renamed("park-view", "elm"), "2021-07-01")
    dry = await retagged(intake, dry_run=True)
    assert [(one.incident_id, one.was[0], one.now[0]) for one in dry] == [
        (one.incident_id, "park-view", "elm") for one in dry
    ]
    assert sorted(str(one.incident_id) for one in dry) == sorted([moved, closed])
    assert ("relocated", 2) not in await intake.events(moved)
    assert await retagged(intake) == dry
    assert await retagged(intake) == []
    for incident_id, version in ((moved, 2), (closed, 3)):
        assert (await intake.events(incident_id))[-1] == ("relocated", version)
    for incident_id in (stays, sooner, later):
        assert "relocated" not in [name for name, _ in await intake.events(incident_id)]
    shown = await intake.shown(moved)
    assert (shown["community"]["area_id"], shown["version"], shown["state"]) == ("elm", 2, "reported")
    async with intake.db.transaction() as tx:
        row = await tx.row("SELECT value FROM outbox WHERE key = :key ORDER BY id DESC LIMIT 1", key=moved)
        kept = await tx.row("SELECT decided_by, decided_as, before FROM decisions WHERE incident_id = :id", id=moved)
    event = json.loads(row["value"])
    assert (event["by_areas"], event["was_community"]) == (True, "park-view")
    assert (kept["decided_by"], kept["decided_as"], kept["before"]["community"]) == (
        "a-planner",
        "program_office",
        "park-view",
    )


async def test_what_another_set_of_the_same_day_leaves_out_was_never_there(intake: Intake) -> None:
    await loads(intake, renamed("park-view", "elm"), "2023-06-01")
    told = (await loads(intake, renamed("park-view", "oak"), "2023-06-01")).json()
    assert (told["is_new"], told["defined"], told["retired"]) == (True, 1, 1)
    async with intake.db.transaction() as tx:
        (area,) = await tx.rows("SELECT effective_from, retired_on FROM areas WHERE area_id = 'elm'")
    assert area["effective_from"] == area["retired_on"] == date(2023, 6, 1)


async def test_a_ward_alone_that_changes_is_tagged_anew_too(intake: Intake) -> None:
    taken = await intake.taken(**OLD)
    wards, was = dc_document()["collections"]["areas/wards.geojson"], taken["incident"]["ward"]
    days = (await intake.staff().get("/v1/area-sets")).json()["items"]
    (day,) = [one["effective_from"] for one in days if one["kind"] == "ward"]
    await loads(intake, renamed(was, "ward-nine", wards["features"]), day, kind="ward")
    assert [(one.was[1], one.now[1], one.was[0] == one.now[0]) for one in await retagged(intake)] == [
        (was, "ward-nine", True)
    ]
    assert (await intake.shown(taken["incident_id"]))["ward"] == "ward-nine"


async def test_tagging_that_is_stopped_half_way_and_begun_again_comes_to_the_same(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retag_incidents_module, "AT_A_TIME", 2)
    moved = [(await intake.taken(**OLD, source_ref=f"{number}"))["incident_id"] for number in range(5)]
    await loads(intake, renamed("park-view", "elm"), "2021-07-01")
    begun = retagging(intake)
    first = str((await anext(begun)).incident_id)
    await begun.aclose()
    left = [str(one.incident_id) for one in await retagged(intake)]
    assert first not in left
    assert len(left) == 3, "the batch that was begun is done whole"
    for incident_id in moved:
        assert await intake.events(incident_id) == [("opened", 1), ("relocated", 2)]
        assert (await intake.shown(incident_id))["community"]["area_id"] == "elm"
    async with intake.db.transaction() as tx:
        assert (await tx.row("SELECT count(*) AS n FROM decisions"))["n"] == 5


async def test_what_belongs_to_no_community_names_the_nearest_with_its_distance(intake: Intake) -> None:
    far = (await intake.taken(location={"lat": 38.9, "lon": -77.06}))["incident_id"]
    shown = await intake.shown(far)
    assert shown["community"] is None
    assert shown["nearest_community"]["distance_m"] > 500
    assert (await intake.shown((await intake.taken())["incident_id"]))["nearest_community"] is None


@pytest.mark.parametrize("text", ["not json", '{"features": []}'])
async def test_the_command_line_refuses_in_one_line(served: Served, tmp_path: Path, text: str) -> None:
    path = tmp_path / "areas.geojson"
    path.write_text(text)
    code, out, err = await served.run(
        "areas", "load", str(path), "--kind", "ward", "--effective", "2030-01-01", "--by", "ann"
    )
    assert (code, out) == (1, "")
    assert err.startswith("areas.geojson: ")
    assert len(err.splitlines()) == 1


async def test_the_command_line_loads_a_set_and_tags_a_period_anew(served: Served, tmp_path: Path) -> None:
    intake = served.intake
    incident_id = (await intake.taken(**OLD, source_ref=f"r-{uuid4()}"))["incident_id"]
    path = tmp_path / "communities.geojson"
    path.write_text(json.dumps(renamed("park-view", "elm")))
    by = ("--by", "ann")
    code, out, err = await served.run(
        "areas", "load", str(path), "--kind", "community", "--effective", "2023-01-01", *by
    )
    assert (code, err) == (0, "")
    assert out.startswith("20 community areas from 2023-01-01 loaded: 1 defined, 1 retired\n  overlap: ")
    code, out, _ = await served.run("areas", "list")
    assert "community  from 2023-01-01  20 areas, by ann" in out.splitlines()
    period = ("--from", "2023-05-31", "--to", "2023-05-31")
    assert (await served.run("areas", "retag", *period))[0] == 2, "somebody decides it"
    period += by
    code, out, _ = await served.run("areas", "retag", *period)
    assert f"{incident_id}  park-view → elm" in out.splitlines()
    code, out, _ = await served.run("areas", "retag", *period)
    assert out == "0 incidents of 2023-05-31 to 2023-05-31 changed\n"
