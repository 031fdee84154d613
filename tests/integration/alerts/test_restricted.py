"""The response to a restricted incident: at every door of alerts it is kept from whoever may not see the incident."""

import json
from typing import Any
from uuid import uuid4

import pytest

from services.alerts.api.response_words import page_words
from services.alerts.queries.responses import paged
from services.alerts.usecases.dispatching.follow_incident import follow_incident
from services.alerts.usecases.paging.send_page import send_page
from shared.contracts.events.incidents import IncidentSnapshot, IncidentVisibilityChanged
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.apps import app_of, routes_of
from tests.support.people import Interrupter
from tests.support.world import OAK_STREET

LISTS = ("/v1/dispatches", "/v1/triages?state=due", "/v1/deliveries", "/v1/pages")


async def becomes(alone: AlertsAlone, incident: str, *, restricted: bool, version: int = 3) -> None:
    async with alone.world.alerts_db.transaction() as tx:
        row = await tx.row("SELECT incident FROM dispatches WHERE incident_id = :id", id=incident)
        told = IncidentSnapshot.model_validate(row["incident"] | {"version": version, "restricted": restricted})
        await follow_incident(tx, IncidentVisibilityChanged(at=await tx.now(), incident=told))


@pytest.fixture
async def heron(alone: AlertsAlone) -> Interrupter:
    return await alone.world.on_duty("heron")


async def ask(alone: AlertsAlone, path: str, *roles: str, **claims: Any) -> str:
    answer = await alone.world.alerts.get(path, headers=alone.world.bearer(*roles, **claims))
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_the_desk_finds_it_in_no_list_and_those_who_may_in_each(alone: AlertsAlone, heron: Interrupter) -> None:
    asked, nobody_left = await alone.incident(), await alone.incident()
    for incident in (asked, nobody_left):
        await becomes(alone, incident, restricted=True)
    for path in LISTS:
        seen, desk = await ask(alone, path, "supervisor", org=OAK_STREET), await ask(alone, path, "dispatcher")
        assert nobody_left in seen, path
        assert asked not in desk, path
        assert nobody_left not in desk, path
    [page] = (await alone.world.alerts.get("/v1/pages", headers=alone.world.bearer("dispatcher"))).json()
    assert (page["kind"], page["subject"], page["incident_id"]) == ("exhausted", "restricted", None)
    await becomes(alone, asked, restricted=False, version=4)
    assert asked in await ask(alone, "/v1/dispatches", "dispatcher")


async def test_at_every_door_it_is_to_the_desk_what_an_unknown_one_is(alone: AlertsAlone, heron: Interrupter) -> None:
    incident, unknown = await alone.incident(), str(uuid4())
    await becomes(alone, incident, restricted=True)
    about_one = [route for route in routes_of(app_of("alerts")) if "{incident_id}" in route.path]
    doors = [(method, route.path.replace("{step_id}", unknown)) for route in about_one for method in route.methods]
    assert len(doors) >= 12
    for method, path in doors:
        for role in ("dispatcher", "admin", "analyst", "case_manager"):
            headers = alone.world.bearer(role, sub="somebody") | {"If-Match": '"1"'}
            there, nowhere = [
                await alone.world.alerts.request(method, path.replace("{incident_id}", one), json={}, headers=headers)
                for one in (incident, unknown)
            ]
            assert there.status_code == nowhere.status_code in {403, 404}, (method, path, role)
            assert there.content == nowhere.content, (method, path, role)


async def test_whoever_is_asked_answers_and_the_desk_does_not_answer_for_them(
    alone: AlertsAlone, heron: Interrupter
) -> None:
    await becomes(alone, await alone.incident(), restricted=True)
    async with alone.world.alerts_db.transaction() as tx:
        offer = (await tx.row("SELECT id FROM offers"))["id"]
    own = alone.world.bearer("interrupter", worker=str(heron.worker))
    desk = alone.world.bearer("dispatcher")
    answers = [await alone.world.alerts.get(f"/v1/offers/{one}", headers=desk) for one in (offer, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    accepted = await alone.world.alerts.post(f"/v1/offers/{offer}/accept", headers=own)
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    assert (await alone.world.alerts.get("/v1/me", headers=own)).json()["assignment"] is not None


async def test_what_the_desk_is_paged_for_says_that_and_no_place(alone: AlertsAlone) -> None:
    """Nobody left to ask is never kept quiet: every desk is paged, and reads no more than that."""
    await becomes(alone, await alone.incident(), restricted=True)
    async with alone.world.alerts_db.transaction() as tx:
        page = (await tx.row("SELECT id FROM pages"))["id"]
        assert await send_page(tx, page) == 2
        bodies = await tx.rows("SELECT body, id FROM deliveries ORDER BY created_at DESC, id DESC LIMIT 2")
        words = page_words(await paged(tx, page))
    assert [json.loads(row["body"])["data"]["area"] for row in bodies] == [None, None]
    assert not any("Alder" in fact or "Shooting" in fact for fact in words.facts)
