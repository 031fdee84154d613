"""What was turned away and is told as something graver: policy takes its word back, a person is asked about theirs."""

from typing import Any
from uuid import UUID

from services.intake.tables import IncidentRow
from services.intake.usecases.decided import Decider, record_decision, standing
from services.intake.usecases.watch_queues import watch_queues
from tests.integration.intake.test_merging import merged, split
from tests.integration.intake.test_queues import listed, queues
from tests.integration.intake.test_timeline import timeline
from tests.support.intake import Intake, ago, point_in

CASE = {"source_ref": "uf-2", "occurred_at": ago(minutes=20)}
UNFOUNDED = {"reason": "unfounded"}


async def screened(intake: Intake, **said: Any) -> str:
    incident_id: str = (await intake.taken(by=intake.source("hospital"), **CASE | said))["incident_id"]
    assert (await intake.decide(incident_id, "screen-out", UNFOUNDED)).status_code == 200
    return incident_id


async def told(intake: Intake, **said: Any) -> dict[str, Any]:
    return await intake.taken(by=intake.source("hospital"), **CASE | said)


async def alarms(intake: Intake) -> list[tuple[str, str]]:
    async with intake.db.transaction() as tx:
        await watch_queues(tx)
    async with intake.db.transaction() as tx:
        return [(row["alarm"], row["state"]) for row in await tx.rows("SELECT alarm, state FROM alarms")]


async def test_a_death_told_of_what_a_person_turned_away_is_put_before_a_person_and_said_to_one(intake: Intake) -> None:
    incident_id = await screened(intake)
    await told(intake, injured=3)
    assert await listed(intake, "told_otherwise") == [], "more of the same"
    assert await alarms(intake) == []
    await intake.deployment.advance(minutes=5)
    assert (await told(intake, kind="homicide", killed=1))["incident"]["state"] == "screened_out"
    assert await listed(intake, "told_otherwise") == [incident_id]
    stands = (await queues(intake))["told_otherwise"]
    assert (stands["count"], 0 <= stands["oldest_s"] < 60) == (1, True)
    assert await alarms(intake) == [("told_otherwise", "raised")]
    reopened = (await intake.decide(incident_id, "reopen", {"reason": "decided_wrongly"})).json()
    assert (reopened["state"], reopened["kind"]) == ("activated", "homicide")
    assert await listed(intake, "told_otherwise") == []
    assert await alarms(intake) == [("told_otherwise", "cleared")]


async def test_who_looked_and_leaves_it_turned_away_says_so_and_is_not_asked_again(intake: Intake) -> None:
    incident_id = await screened(intake)
    assert (await intake.decide(incident_id, "screen-out", UNFOUNDED)).status_code == 409, "nothing was told since"
    await told(intake, killed=1)
    again = await intake.decide(incident_id, "screen-out", {"reason": "duplicate"})
    assert (again.status_code, again.json()["screened_out_reason"]) == (200, "duplicate")
    assert await listed(intake, "told_otherwise") == []
    await told(intake, killed=2)
    assert await listed(intake, "told_otherwise") == [], "it is a homicide as before"
    assert (await intake.decide(incident_id, "screen-out", UNFOUNDED)).status_code == 409


async def test_what_policy_does_meanwhile_and_areas_drawn_anew_are_no_look_at_it(intake: Intake) -> None:
    desk = intake.staff()
    incident_id = (await intake.taken(by=desk, **CASE, kind="shots_fired", injured=None))["incident_id"]
    assert (await intake.decide(incident_id, "screen-out", UNFOUNDED)).status_code == 200
    await intake.taken(by=desk, **CASE, kind="shooting")
    await intake.taken(by=desk, **CASE, killed=1)
    await intake.taken(by=desk, **CASE, killed=1, restricted=True)
    async with intake.db.transaction() as tx:
        row = await tx.get(IncidentRow, UUID(incident_id), lock=True)
        assert row is not None
        was = standing(row)
        row.ward, row.version = "ward-9", row.version + 1
        await record_decision(tx, row, was, "relocate", Decider("gis", "program_office", "areas_changed"))
    stands = (await queues(intake, "supervisor"))["told_otherwise"]
    assert (stands["count"], stands["oldest_s"] is not None) == (1, True)
    assert await alarms(intake) == [("told_otherwise", "raised")]
    looked = await intake.decide(incident_id, "screen-out", UNFOUNDED, role="supervisor")
    assert looked.status_code == 200
    assert (await queues(intake, "supervisor"))["told_otherwise"]["count"] == 0


async def test_what_a_split_brings_back_is_judged_by_what_was_told_meanwhile(intake: Intake) -> None:
    first = await told(intake, kind="assault", relationship="acquaintance")
    assert first["disposition"] == "screened_out"
    other = await intake.taken(location=point_in("southwest-south"), kind="homicide", killed=1)
    await merged(intake, first["incident_id"], other["incident_id"])
    second = await told(intake, killed=1)
    assert second["incident_id"] == other["incident_id"]
    back = (await split(intake, other["incident_id"], first, second))["split_off"]
    assert (back["incident_id"], back["state"], back["kind"]) == (first["incident_id"], "activated", "homicide")


async def test_whoever_turned_it_away_before_offices_were_kept_was_a_person(intake: Intake) -> None:
    incident_id = await screened(intake)
    async with intake.db.transaction() as tx:
        await tx.run("UPDATE decisions SET decided_as = NULL")
    await told(intake, killed=1)
    assert await listed(intake, "told_otherwise") == [incident_id]


async def test_a_drill_is_listed_and_raises_nothing(intake: Intake) -> None:
    incident_id = await screened(intake, exercise=True)
    await told(intake, killed=1, exercise=True)
    assert await listed(intake, "told_otherwise") == [incident_id]
    assert await alarms(intake) == []


async def test_policy_takes_back_what_it_turned_away_once_it_would_not_any_more(intake: Intake) -> None:
    first = await told(intake, kind="assault", relationship="acquaintance")
    assert first["disposition"] == "screened_out"
    assert (await told(intake, injured=2))["incident"]["state"] == "screened_out"
    incident_id = first["incident_id"]
    assert (await told(intake, killed=1))["incident"]["state"] == "activated"
    shown = await intake.shown(incident_id)
    assert (shown["kind"], shown["route"], shown["screened_out_reason"]) == ("homicide", None, None)
    steps = [(one["what"], one["decided_as"], one["reason"]) for one in await timeline(intake, incident_id)][-3:]
    assert steps == [
        ("reclassify", "policy", "reported"),
        ("reopen", "policy", "reported"),
        ("activate", "policy", "within_policy"),
    ]
    assert [name for name, _ in await intake.events(incident_id)][-3:] == ["reclassified", "reopened", "activated"]
    assert await listed(intake, "told_otherwise") == []


async def test_what_policy_still_turns_away_asks_nobody(intake: Intake) -> None:
    first = await told(intake, relationship="family")
    assert first["disposition"] == "screened_out"
    assert (await told(intake, killed=1))["incident"]["state"] == "screened_out"
    assert [name for name, _ in await intake.events(first["incident_id"])][-2:] == ["corroborated", "reclassified"]
    assert await listed(intake, "told_otherwise") == []


async def test_what_a_person_turned_away_policy_never_brings_back(intake: Intake) -> None:
    incident_id = (await told(intake, kind="assault", relationship="acquaintance"))["incident_id"]
    await intake.decide(incident_id, "reopen", {"reason": "decided_wrongly"})
    assert (await intake.decide(incident_id, "screen-out", UNFOUNDED)).status_code == 200
    assert (await told(intake, killed=1))["incident"]["state"] == "screened_out"
    assert await listed(intake, "told_otherwise") == [incident_id]
