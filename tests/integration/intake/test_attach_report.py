"""What a further report under the same reference adds, and what it never does."""

from typing import Any

from tests.support.intake import Intake, ago


async def told(intake: Intake, **said: Any) -> dict[str, Any]:
    """The answer, with the incident as the desk sees it."""
    taken = await intake.taken(**{"source_ref": "22118279", "occurred_at": OCCURRED_AT} | said)
    return taken | {"incident": await intake.shown(taken["incident_id"])}


OCCURRED_AT = ago(minutes=30)


async def test_new_words_corroborate(intake: Intake) -> None:
    opened = await told(intake, injured=None, juvenile_involved=None)
    attached = await told(intake, injured=2, juvenile_involved=True, weapon="unknown", relationship="group")
    incident = attached["incident"]
    assert attached["disposition"] == "attached"
    assert attached["incident_id"] == opened["incident_id"]
    assert attached["report_id"] != opened["report_id"]
    assert (incident["injured"], incident["juvenile_involved"], incident["weapon"]) == (2, True, "firearm")
    assert (incident["relationship"], incident["report_count"]) == ("group", 2)
    assert await intake.events(opened["incident_id"]) == [("opened", 1), ("activated", 2), ("corroborated", 3)]


async def test_a_death_told_later_makes_it_a_homicide(intake: Intake) -> None:
    opened = await told(intake, killed=0)
    incident = (await told(intake, killed=1))["incident"]
    assert (incident["kind"], incident["killed"], incident["state"], incident["version"]) == (
        "homicide",
        1,
        "activated",
        4,
    )
    assert incident["activated_at"] == opened["incident"]["activated_at"]
    assert await intake.events(opened["incident_id"]) == [
        ("opened", 1),
        ("activated", 2),
        ("corroborated", 3),
        ("reclassified", 4),
    ]


async def test_knowledge_only_grows(intake: Intake) -> None:
    await told(intake, killed=1, injured=3, juvenile_involved=True, active_threat=True)
    incident = (await told(intake, kind="assault", killed=0, injured=1, juvenile_involved=False))["incident"]
    assert (incident["kind"], incident["killed"], incident["injured"]) == ("homicide", 1, 3)
    assert (incident["juvenile_involved"], incident["active_threat"]) == (True, True)
    assert incident["report_count"] == 2


async def test_time_and_place_stay_those_of_the_first_report(intake: Intake) -> None:
    opened = (await told(intake))["incident"]
    later = (await told(intake, occurred_at=ago(minutes=5), location={"lat": 38.9, "lon": -77.02}))["incident"]
    assert [later[name] for name in ("occurred_at", "place", "community")] == [
        opened[name] for name in ("occurred_at", "place", "community")
    ]


async def test_an_undecided_incident_that_becomes_a_homicide_is_activated(intake: Intake) -> None:
    opened = await told(intake, kind="assault")
    assert opened["incident"]["state"] == "reported"
    later = (await told(intake, kind="homicide", killed=1))["incident"]
    assert (later["state"], later["kind"]) == ("activated", "homicide")
    assert await intake.events(opened["incident_id"]) == [
        ("opened", 1),
        ("corroborated", 2),
        ("reclassified", 3),
        ("activated", 4),
    ]


async def test_an_old_crime_is_never_activated_by_what_is_told_later(intake: Intake) -> None:
    opened = await told(intake, occurred_at=ago(hours=7))
    later = (await told(intake, occurred_at=ago(minutes=1), kind="homicide", killed=1))["incident"]
    assert (later["state"], later["kind"], later["activated_at"]) == ("reported", "homicide", None)
    assert ("activated", 4) not in await intake.events(opened["incident_id"])


async def test_a_screened_out_incident_keeps_its_state_and_learns_the_facts(intake: Intake) -> None:
    opened = await told(intake, relationship="family")
    later = await told(intake, relationship="group", killed=1)
    assert (later["disposition"], later["incident"]["state"]) == ("attached", "screened_out")
    assert (later["incident"]["kind"], later["incident"]["route"]) == ("homicide", "family_and_survivor_support")
    assert "does not respond" in later["tell_the_caller"]
    assert [name for name, _ in await intake.events(opened["incident_id"])] == [
        "opened",
        "screened_out",
        "corroborated",
        "reclassified",
    ]


async def test_a_closed_incident_keeps_its_state_and_learns_the_facts(intake: Intake) -> None:
    incident_id = (await told(intake))["incident_id"]
    assert (await intake.decide(incident_id, "close")).status_code == 200
    later = (await told(intake, killed=1))["incident"]
    assert (later["state"], later["kind"]) == ("closed", "homicide")


async def test_what_turns_out_to_be_out_of_scope_is_routed_to_its_door(intake: Intake) -> None:
    await told(intake, kind="assault")
    later = (await told(intake, kind="homicide", relationship="intimate_partner"))["incident"]
    assert (later["state"], later["kind"], later["route"]) == ("screened_out", "homicide", "dc_victim_hotline")


async def test_another_kind_of_source_under_one_reference_is_named(intake: Intake) -> None:
    dispatcher = intake.staff()
    await intake.taken(by=dispatcher, source_ref="call-7", on_behalf_of="resident", kind="shooting")
    later = (await intake.taken(by=dispatcher, source_ref="call-7", on_behalf_of="hospital"))["incident"]
    assert (later["sources"], later["state"]) == (["resident", "hospital"], "activated")
