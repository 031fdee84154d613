"""What people decide about an incident, and what its state refuses."""

from typing import Any
from uuid import uuid4

import pytest

from tests.support.intake import Intake, ago

RECLASSIFY = {"kind": "homicide", "killed": 1, "reason": "victim_died"}
OUT = {"reason": "unfounded"}


@pytest.fixture
def intake(lasting_intake: Intake) -> Intake:
    return lasting_intake


async def waiting(intake: Intake, **said: Any) -> str:
    incident_id: str = (await intake.taken(by=intake.source("resident"), **said))["incident_id"]
    return incident_id


async def test_a_dispatcher_verifies_activates_and_closes(intake: Intake) -> None:
    incident_id = await waiting(intake)
    verified = await intake.decide(incident_id, "verify")
    activated = await intake.decide(incident_id, "activate", role="supervisor")
    closed = await intake.decide(incident_id, "close")
    assert [answer.json()["state"] for answer in (verified, activated, closed)] == ["verified", "activated", "closed"]
    assert activated.json()["activated_at"] is not None
    assert await intake.events(incident_id) == [("opened", 1), ("verified", 2), ("activated", 3), ("closed", 4)]
    async with intake.db.transaction() as tx:
        rows = await tx.rows(
            "SELECT decision, decided_by, version FROM decisions WHERE incident_id = :id ORDER BY version",
            id=incident_id,
        )
    assert [tuple(row.values()) for row in rows] == [
        ("verify", "a-dispatcher", 2),
        ("activate", "a-supervisor", 3),
        ("close", "a-dispatcher", 4),
    ]


@pytest.mark.parametrize(
    ("until", "verb", "body"),
    [
        ("activated", "activate", None),
        ("verified", "verify", None),
        ("reported", "close", None),
        ("verified", "close", None),
        ("closed", "close", None),
        ("closed", "activate", None),
        ("closed", "screen-out", OUT),
        ("screened_out", "verify", None),
        ("screened_out", "activate", None),
        ("screened_out", "close", None),
        ("screened_out", "screen-out", OUT),
    ],
)
async def test_a_refused_transition_says_the_state_and_changes_nothing(
    intake: Intake, until: str, verb: str, body: Any
) -> None:
    incident_id = await waiting(intake)
    way = {
        "reported": [],
        "verified": [("verify", None)],
        "activated": [("activate", None)],
        "closed": [("activate", None), ("close", None)],
        "screened_out": [("screen-out", OUT)],
    }
    for step, said in way[until]:
        assert (await intake.decide(incident_id, step, said)).status_code == 200
    before = await intake.shown(incident_id)
    answer = await intake.decide(incident_id, verb, body)
    assert (answer.status_code, answer.json()["state"]) == (409, until)
    assert answer.json()["type"].endswith("/state-conflict")
    assert await intake.shown(incident_id) == before
    assert len(await intake.events(incident_id)) == before["version"]


@pytest.mark.parametrize(
    "said",
    [
        {"occurred_at": ago(hours=6, minutes=1)},
        {"occurred_at": ago(hours=31), "occurred_precision": "day"},
        {"occurred_at": ago(days=500)},
    ],
)
async def test_nobody_is_paged_for_an_old_crime_not_even_by_a_dispatcher(intake: Intake, said: dict[str, Any]) -> None:
    incident_id = await waiting(intake, **said)
    answer = await intake.decide(incident_id, "activate")
    assert (answer.status_code, answer.json()["state"]) == (409, "reported")
    assert answer.json()["type"].endswith("/too-old-to-activate")
    assert await intake.events(incident_id) == [("opened", 1)]


async def test_a_dispatcher_may_activate_what_has_a_date_only_while_it_may_be_fresh(intake: Intake) -> None:
    incident_id = await waiting(intake, occurred_at=ago(hours=29), occurred_precision="day")
    assert (await intake.decide(incident_id, "activate")).json()["state"] == "activated"


async def test_reclassifying_keeps_the_state_and_tells_what_it_was(intake: Intake) -> None:
    incident_id = (await intake.taken())["incident_id"]
    answer = await intake.decide(incident_id, "reclassify", RECLASSIFY)
    assert (answer.json()["kind"], answer.json()["killed"], answer.json()["state"]) == ("homicide", 1, "activated")
    assert await intake.events(incident_id) == [("opened", 1), ("activated", 2), ("reclassified", 3)]
    async with intake.db.transaction() as tx:
        row = await tx.row("SELECT convert_from(value, 'UTF8')::jsonb AS event FROM outbox ORDER BY id DESC LIMIT 1")
    assert row["event"]["was_kind"] == "shooting"


async def test_reclassifying_may_correct_downwards_and_make_unknown(intake: Intake) -> None:
    incident_id = (await intake.taken(killed=1, injured=2, juvenile_involved=True))["incident_id"]
    body = {"kind": "shooting", "killed": 0, "juvenile_involved": None, "reason": "source_corrected"}
    after = (await intake.decide(incident_id, "reclassify", body)).json()
    assert (after["kind"], after["killed"], after["injured"], after["juvenile_involved"]) == ("shooting", 0, 2, None)


async def test_reclassifying_to_what_is_known_changes_nothing(intake: Intake) -> None:
    incident_id = (await intake.taken())["incident_id"]
    answer = await intake.decide(incident_id, "reclassify", {"kind": "shooting", "injured": 1, "reason": "other"})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "shooting", "killed": 1, "reason": "other"}, "/kind"),
        ({"kind": "homicide", "killed": 0, "reason": "other"}, "/killed"),
        ({"kind": "homicide"}, "/reason"),
        ({"kind": "riot", "reason": "other"}, "/kind"),
        ({"kind": "homicide", "reason": "cana4ry"}, "/reason"),
        ({"kind": "homicide", "killed": -1, "reason": "other"}, "/killed"),
        ({"kind": "homicide", "reason": "other", "note": "cana4ry"}, "/note"),
        ({"reason": "other"}, ""),
        ({"kind": None, "reason": "other"}, "/kind"),
        ({"weapon": "cana4ry", "reason": "other"}, "/weapon"),
        ({"relationship": None, "reason": "other"}, "/relationship"),
    ],
)
async def test_a_reclassification_that_cannot_be_is_refused(intake: Intake, body: dict[str, Any], pointer: str) -> None:
    incident_id = (await intake.taken())["incident_id"]
    answer = await intake.decide(incident_id, "reclassify", body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert "cana4ry" not in answer.text
    assert (await intake.shown(incident_id))["version"] == 2


async def test_an_activated_incident_is_screened_out_and_says_what_it_was(intake: Intake) -> None:
    incident_id = (await intake.taken())["incident_id"]
    body = {"reason": "out_of_scope", "route": "dc_victim_hotline"}
    after = (await intake.decide(incident_id, "screen-out", body)).json()
    assert (after["state"], after["screened_out_reason"], after["route"]) == (
        "screened_out",
        "out_of_scope",
        "dc_victim_hotline",
    )
    async with intake.db.transaction() as tx:
        row = await tx.row("SELECT convert_from(value, 'UTF8')::jsonb AS event FROM outbox ORDER BY id DESC LIMIT 1")
    assert row["event"]["was_state"] == "activated"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"reason": "out_of_scope"}, "/route"),
        ({"reason": "out_of_scope", "route": "cana4ry"}, "/route"),
        ({"reason": "unfounded", "route": "dc_victim_hotline"}, "/route"),
        ({"reason": "cana4ry"}, "/reason"),
        ({}, "/reason"),
        (None, "/reason"),
    ],
)
async def test_out_of_scope_needs_a_route_of_the_programmes(intake: Intake, body: Any, pointer: str) -> None:
    incident_id = (await intake.taken())["incident_id"]
    answer = await intake.decide(incident_id, "screen-out", body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert "cana4ry" not in answer.text
    assert (await intake.shown(incident_id))["state"] == "activated"


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("verify", None),
        ("activate", None),
        ("close", None),
        ("screen-out", OUT),
        ("reclassify", RECLASSIFY),
        ("relocate", {"location": {"lat": 38.9, "lon": -77.0}, "reason": "other"}),
        ("scene", {"status": "clear", "reason": "other"}),
        ("rumour", {"rumour": True, "reason": "other"}),
    ],
)
async def test_only_dispatchers_and_supervisors_decide_and_only_on_what_exists(
    intake: Intake, verb: str, body: Any
) -> None:
    incident_id = await waiting(intake)
    for role in ("source", "interrupter", "program_office", "case_manager", "auditor", "admin"):
        assert (await intake.decide(incident_id, verb, body, role)).status_code == 403
    assert (await intake.decide(str(uuid4()), verb, body)).status_code == 404
    assert (await intake.decide("cana4ry", verb, body)).status_code == 422
    assert await intake.events(incident_id) == [("opened", 1)]


@pytest.mark.parametrize("verb", ["verify", "activate", "close"])
async def test_a_decision_without_fields_takes_none(intake: Intake, verb: str) -> None:
    incident_id = await waiting(intake)
    answer = await intake.decide(incident_id, verb, {"because": "cana4ry"})
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, ["/because"])
    bare = await intake.staff().post(f"/v1/incidents/{incident_id}/verify")
    assert bare.status_code == 200
