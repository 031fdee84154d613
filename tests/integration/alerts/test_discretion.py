"""That somebody is in conflict, on a safety hold or has seen much is told to nobody who may not know it."""

from typing import Any

from services.alerts.messages import rest_message
from services.alerts.usecases.messages.queue_delivery import Message, queue_for_interrupter
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.people import Interrupter
from tests.support.response_pages import page_of
from tests.support.world import OAK_STREET, RIVER_ROAD

TRUE = {"heron": "conflict_of_interest", "teal": "safety_hold"}
NEUTRAL = {"heron": "not_available", "teal": "not_available"}
ROLES: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("supervisor", {"org": OAK_STREET}, TRUE),
    ("dispatcher", {}, TRUE | {"heron": "not_available"}),
    ("supervisor", {"org": RIVER_ROAD}, NEUTRAL),
    ("program_office", {}, NEUTRAL),
    ("auditor", {}, NEUTRAL),
    ("admin", {}, NEUTRAL),
]


async def kept_out(alone: AlertsAlone) -> tuple[str, Interrupter, Interrupter]:
    """An incident, heron in conflict with its community, teal on a hold; neither is asked."""
    heron, teal = await alone.world.on_duty("heron", km=0.2), await alone.world.on_duty("teal", km=0.3)
    supervisor = alone.world.bearer("supervisor", org=OAK_STREET)
    for who, what, facts in (
        (heron, "conflicts-of-interest", {"community": "alder", "reason": "kin", "expires_at": "2031-01-01T00:00:00Z"}),
        (teal, "safety-holds", {"reason": "threatened"}),
    ):
        path = f"/v1/interrupters/{who.worker}/{what}"
        assert (await alone.world.alerts.post(path, json=facts, headers=supervisor)).status_code == 201
    await alone.world.on_duty("kestrel", km=2)
    return await alone.incident(), heron, teal


async def test_an_explanation_a_replay_and_a_refusal_tell_each_reader_what_they_may_know(alone: AlertsAlone) -> None:
    incident, heron, teal = await kept_out(alone)
    for role, claims, known in ROLES:
        found = await looked(alone, f"{incident}/explain", role, claims)
        [decision] = found["decisions"]
        assert {one["call_sign"]: one["reason"] for one in decision["left_out"]} == known, role
        words = " ".join(found["words"])
        assert ("heron has a conflict of interest" in words) == (known is TRUE), role
        assert ("heron is not available" in words) == (known is not TRUE), role
        assert ("teal is on a safety hold" in words) == (known["teal"] == "safety_hold"), role
    for role, claims, known in ROLES[:2]:
        for who in (heron, teal):
            refused = await alone.world.reassigns(incident, who, by=alone.world.bearer(role, **claims))
            assert (refused.status_code, refused.json()["reasons"]) == (409, [known[who.phone.name]]), role
            assert "conflict" not in refused.json()["detail"]
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run(
            "UPDATE rankings SET left_out = CAST(replace(CAST(left_out AS text), 'safety_hold', 'off_duty') AS jsonb)"
        )
    for role, claims, known in ROLES:
        [decision] = (await looked(alone, f"{incident}/replay", role, claims))["decisions"]
        [one] = decision["differences"]
        assert (one["kept"], one["replayed"]) == ("left out: off_duty", f"left out: {known['teal']}"), role


async def test_of_several_with_one_reason_each_supervisor_is_told_it_of_the_own_people(alone: AlertsAlone) -> None:
    people = {"heron": OAK_STREET, "wren": RIVER_ROAD, "teal": OAK_STREET}
    expires = {"reason": "kin", "expires_at": "2031-01-01T00:00:00Z"}
    for name, organization in people.items():
        who = await alone.world.on_duty(name, organization=organization)
        path = f"/v1/interrupters/{who.worker}/conflicts-of-interest"
        own = alone.world.bearer("supervisor", org=organization)
        answer = await alone.world.alerts.post(path, json={"community": "alder"} | expires, headers=own)
        assert answer.status_code == 201, answer.text
    incident = await alone.incident()
    for organization in (OAK_STREET, RIVER_ROAD):
        [decision] = (await looked(alone, f"{incident}/explain", "supervisor", {"org": organization}))["decisions"]
        assert {one["call_sign"]: one["reason"] for one in decision["left_out"]} == {
            name: "conflict_of_interest" if theirs == organization else "not_available"
            for name, theirs in people.items()
        }


async def looked(alone: AlertsAlone, path: str, role: str, claims: dict[str, Any]) -> dict[str, Any]:
    answer = await alone.world.alerts.get(f"/v1/dispatches/{path}", headers=alone.world.bearer(role, **claims))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_the_persons_own_yes_is_refused_in_a_neutral_word(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron", km=0.2)
    incident = await alone.incident()
    await alone.world.deployment.start("alerts", "engine")
    offer = await heron.is_offered(incident)
    page = page_of(alone.world.alerts, heron.phone.messages[0])
    await heron.declines(offer)
    await heron.keeps_out_of(incident, organization=OAK_STREET)
    by_api, by_link = await heron.taps(offer, "accept"), await page.press("take")
    assert (by_api.status_code, by_api.json()["reasons"]) == (409, ["not_available"])
    assert by_link.status_code == 409
    assert "Not done: you must not be there: not available." in by_link.text
    assert not [text for text in (by_api.text, by_link.text) if "conflict of interest" in text.replace("_", " ")]
    supervisor = alone.world.bearer("supervisor", org=OAK_STREET)
    path = f"/v1/offers/{offer.offer_id}/accept"
    theirs = await alone.world.alerts.post(path, headers=supervisor)
    assert theirs.json()["reasons"] == ["conflict_of_interest"]


async def test_that_a_rest_was_suggested_is_in_the_log_for_those_who_may_know_it_alone(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    async with alone.world.alerts_db.transaction() as tx:
        rest = Message("rest.suggested", urgent=False, content=rest_message(heron.worker, exposures=3))
        await queue_for_interrupter(tx, heron.worker, rest)
    mine = alone.world.bearer("interrupter", worker=heron.worker)
    [line] = (await alone.world.alerts.get("/v1/deliveries", headers=mine)).json()["items"]
    path = f"/v1/deliveries/{line['delivery_id']}"
    for role, claims, seen in (
        ("interrupter", {"worker": heron.worker}, True),
        ("supervisor", {"org": OAK_STREET}, True),
        ("program_office", {}, True),
        ("dispatcher", {}, False),
        ("auditor", {}, False),
        ("supervisor", {"org": RIVER_ROAD}, False),
    ):
        headers = alone.world.bearer(role, **claims)
        assert (await alone.world.alerts.get(path, headers=headers)).status_code == (200 if seen else 404), role
        listed = (await alone.world.alerts.get("/v1/deliveries", headers=headers)).json()["items"]
        assert len(listed) == int(seen), role
