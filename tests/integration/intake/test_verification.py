"""How well an incident is known, from its first report to a person's word, and what is said to be talk."""

from typing import Any

import pytest

from tests.support.intake import Intake, ago


@pytest.fixture
def intake(lasting_intake: Intake) -> Intake:
    return lasting_intake


async def known(intake: Intake, incident_id: str) -> str:
    return str((await intake.shown(incident_id))["verification"])


async def test_it_is_as_well_known_as_its_first_source_and_a_person_confirms_it(intake: Intake) -> None:
    of_a_resident = (await intake.taken(by=intake.source("resident")))["incident_id"]
    of_the_police = (await intake.taken())["incident_id"]
    written_down = (await intake.taken(by=intake.staff(), on_behalf_of="resident"))["incident_id"]
    assert await known(intake, of_a_resident) == await known(intake, written_down) == "unverified"
    assert await known(intake, of_the_police) == "single_source"
    confirmed = [await intake.decide(one, "verify") for one in (of_a_resident, of_the_police)]
    assert [one.json()["verification"] for one in confirmed] == ["confirmed", "confirmed"]
    assert [one.json()["state"] for one in confirmed] == ["verified", "activated"]
    again = await intake.decide(of_the_police, "verify")
    assert (again.status_code, again.json()["version"]) == (200, confirmed[1].json()["version"])


async def test_more_of_the_same_source_makes_it_no_better_known(intake: Intake) -> None:
    said = {"source_ref": "sensor-1", "occurred_at": ago(minutes=4)}
    sensor = intake.source("sensor")
    opened = await intake.taken(by=sensor, **said)
    await intake.taken(by=sensor, injured=3, **said)
    assert (await intake.shown(opened["incident_id"]))["report_count"] == 2
    assert await known(intake, opened["incident_id"]) == "unverified"


async def rumour(intake: Intake, incident_id: str, is_one: bool, reason: str = "hearsay") -> Any:
    return await intake.decide(incident_id, "rumour", {"rumour": is_one, "reason": reason})


async def test_a_rumour_is_never_activated_by_policy_and_goes_on_when_it_is_lifted(intake: Intake) -> None:
    resident, said = intake.source("resident", sub="rumour-line"), {"source_ref": "r-1", "occurred_at": ago(minutes=9)}
    incident_id = (await intake.taken(by=resident, **said))["incident_id"]
    marked = (await rumour(intake, incident_id, True)).json()
    assert (marked["rumour"], marked["state"]) == (True, "reported")
    police = intake.source("police", sub="rumour-line")
    await intake.taken(by=police, injured=2, **said)
    told = await intake.shown(incident_id)
    assert (told["state"], told["rumour"], told["obstacles"]) == ("reported", True, ["rumour"])
    lifted = (await rumour(intake, incident_id, False, "found_true")).json()
    assert (lifted["rumour"], lifted["state"]) == (False, "activated")
    assert [kind for kind, _ in await intake.events(incident_id)] == [
        "opened",
        "rumour_marked",
        "corroborated",
        "rumour_marked",
        "activated",
    ]


async def test_a_rumour_is_marked_once_while_it_is_open_and_not_confirmed(intake: Intake) -> None:
    incident_id = (await intake.taken(by=intake.source("resident")))["incident_id"]
    assert (await rumour(intake, incident_id, False)).json()["version"] == 1
    assert (await rumour(intake, incident_id, True)).json()["version"] == 2
    assert (await rumour(intake, incident_id, True)).json()["version"] == 2
    confirmed = (await intake.decide(incident_id, "verify")).json()
    assert (confirmed["rumour"], confirmed["verification"]) == (False, "confirmed")
    refused = await rumour(intake, incident_id, True)
    assert (refused.status_code, refused.json()["state"]) == (409, "verified")
    await intake.decide(incident_id, "screen-out", {"reason": "unfounded"})
    assert (await rumour(intake, incident_id, False)).status_code == 409


async def test_a_decision_keeps_who_why_before_and_after(intake: Intake) -> None:
    incident_id = (await intake.taken(by=intake.source("resident"), injured=1))["incident_id"]
    await rumour(intake, incident_id, True, "social_media")
    await intake.decide(incident_id, "verify", role="supervisor")
    await intake.decide(incident_id, "reclassify", {"kind": "homicide", "killed": 1, "reason": "victim_died"})
    await intake.decide(incident_id, "activate")
    await intake.decide(incident_id, "screen-out", {"reason": "unfounded"})
    async with intake.db.transaction() as tx:
        rows = await tx.rows(
            "SELECT decision, reason, decided_as, before, after FROM decisions "
            "WHERE incident_id = :id ORDER BY version",
            id=incident_id,
        )
    kept = [tuple(row.values()) for row in rows]
    assert kept[0] == ("mark_rumour", "social_media", "dispatcher", {"rumour": False}, {"rumour": True})
    assert kept[1][:3] == ("verify", None, "supervisor")
    assert kept[1][3] == {"state": "reported", "verification": "unverified", "rumour": True}
    assert kept[1][4] == {"state": "verified", "verification": "confirmed", "rumour": False}
    assert (kept[2][1], kept[4][1]) == ("victim_died", "unfounded")
    assert kept[2][3:] == ({"kind": "shooting", "killed": 0}, {"kind": "homicide", "killed": 1})
    assert (kept[3][3]["state"], kept[3][4]["state"]) == ("verified", "activated")
    assert kept[4][3] == {"state": "activated", "screened_out_reason": None}
    assert kept[4][4] == {"state": "screened_out", "screened_out_reason": "unfounded"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"rumour": "cana4ry", "reason": "hearsay"}, "/rumour"),
        ({"reason": "hearsay"}, "/rumour"),
        ({"rumour": True}, "/reason"),
        ({"rumour": True, "reason": "cana4ry"}, "/reason"),
        ({"rumour": True, "reason": "hearsay", "note": "cana4ry"}, "/note"),
    ],
)
async def test_a_rumour_that_cannot_be_read_is_refused(intake: Intake, body: dict[str, Any], pointer: str) -> None:
    incident_id = (await intake.taken())["incident_id"]
    answer = await intake.decide(incident_id, "rumour", body)
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])
    assert "cana4ry" not in answer.text
