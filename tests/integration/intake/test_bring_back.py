"""What was screened out or closed comes back as what it was, and nobody is paged for an old crime by it."""

from typing import Any

import pytest

from tests.support.intake import Intake, ago

UNFOUNDED = {"reason": "unfounded"}


@pytest.fixture
def intake(lasting_intake: Intake) -> Intake:
    return lasting_intake


async def reopened(intake: Intake, incident_id: str, reason: str = "decided_wrongly") -> dict[str, Any]:
    answer = await intake.decide(incident_id, "reopen", {"reason": reason})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def kinds(intake: Intake, incident_id: str) -> list[str]:
    return [kind for kind, _ in await intake.events(incident_id)]


async def test_what_was_waiting_waits_again_and_what_was_verified_is_verified(intake: Intake) -> None:
    resident = intake.source("resident")
    for verified, state in (False, "reported"), (True, "verified"):
        incident_id = (await intake.taken(by=resident))["incident_id"]
        if verified:
            await intake.decide(incident_id, "verify")
        await intake.decide(incident_id, "screen-out", UNFOUNDED)
        after = await reopened(intake, incident_id)
        assert (after["state"], after["screened_out_reason"], after["activated_at"]) == (state, None, None)
        assert (await kinds(intake, incident_id))[-1] == "reopened"


async def test_policy_judges_again_what_may_still_be_responded_to_and_never_what_is_old(intake: Intake) -> None:
    resident = intake.source("resident")
    fresh = (await intake.taken(by=intake.staff(), on_behalf_of="police", relationship="family"))["incident_id"]
    old = (await intake.taken(relationship="family", occurred_at=ago(hours=7)))["incident_id"]
    told_by_a_resident = (await intake.taken(by=resident, relationship="family"))["incident_id"]
    group = {"relationship": "group", "reason": "police_finding"}
    for incident_id in (fresh, old, told_by_a_resident):
        assert (await intake.shown(incident_id))["state"] == "screened_out"
        assert (await intake.decide(incident_id, "reclassify", group)).status_code == 200
    assert (await reopened(intake, fresh))["state"] == "activated"
    assert (await kinds(intake, fresh))[-2:] == ["reopened", "activated"]
    assert (await reopened(intake, old))["state"] == "reported"
    assert (await intake.shown(old))["obstacles"] == ["too_old"]
    assert (await intake.decide(old, "activate")).status_code == 409
    assert (await reopened(intake, told_by_a_resident))["state"] == "reported"


async def test_policy_does_not_turn_away_again_what_a_person_brought_back(intake: Intake) -> None:
    said = {"source_ref": "back-1", "occurred_at": ago(minutes=6), "relationship": "family"}
    incident_id = (await intake.taken(**said))["incident_id"]
    after = await reopened(intake, incident_id)
    assert (after["state"], after["route"]) == ("reported", None)
    await intake.taken(injured=2, **said)
    told = await intake.shown(incident_id)
    assert (told["state"], told["injured"]) == ("reported", 2)
    assert (await intake.shown(incident_id))["obstacles"] == ["out_of_scope"]
    assert (await intake.decide(incident_id, "activate")).json()["state"] == "activated"


async def test_what_was_responded_to_is_responded_to_again_from_its_first_activation(intake: Intake) -> None:
    screened = await intake.taken()
    closed = await intake.taken()
    await intake.decide(screened["incident_id"], "screen-out", UNFOUNDED)
    await intake.decide(closed["incident_id"], "close")
    for taken in (screened, closed):
        after = await reopened(intake, taken["incident_id"], "response_goes_on")
        assert (after["state"], after["activated_at"]) == ("activated", taken["incident"]["activated_at"])
        assert (await kinds(intake, taken["incident_id"]))[-1] == "reopened"
    assert (await intake.decide(closed["incident_id"], "close")).json()["state"] == "closed"


async def test_what_is_open_cannot_be_brought_back_and_a_reason_is_needed(intake: Intake) -> None:
    incident_id = (await intake.taken())["incident_id"]
    refused = await intake.decide(incident_id, "reopen", {"reason": "other"})
    assert (refused.status_code, refused.json()["state"]) == (409, "activated")
    for body, pointer in ({}, "/reason"), ({"reason": "cana4ry"}, "/reason"), ({"reason": "other", "x": 1}, "/x"):
        answer = await intake.decide(incident_id, "reopen", body)
        assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])
        assert "cana4ry" not in answer.text


async def test_a_kind_that_belongs_to_others_is_routed_with_its_own_text_by_policy_and_by_hand(intake: Intake) -> None:
    quarrel = {"kind": "assault", "relationship": "acquaintance", "weapon": "other"}
    by_policy = await intake.taken(**quarrel)
    assert (by_policy["disposition"], by_policy["incident"]["route"]) == ("screened_out", "dc_victim_hotline")
    assert "between people who know each other" in by_policy["tell_the_caller"]
    assert (await intake.taken(believed_group_related=True, **quarrel))["disposition"] == "opened"
    incident_id = (await intake.taken())["incident_id"]
    body = {"reason": "out_of_scope", "route": "family_and_survivor_support"}
    by_hand = (await intake.decide(incident_id, "screen-out", body)).json()
    assert "within a family" in by_hand["tell_the_caller"]
    assert (await intake.decide((await intake.taken())["incident_id"], "screen-out", UNFOUNDED)).json()[
        "tell_the_caller"
    ] is None
