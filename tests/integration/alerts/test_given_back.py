"""I cannot go: the role is open at once, others are asked, and the desk knows. Nobody is done who was not there."""

import pytest

from tests.integration.alerts.conftest import AlertsAlone
from tests.integration.alerts.test_practice import has_role, kept, question, stands
from tests.support.response_pages import buttons, page_of, said

_RESTS = "SELECT call_sign FROM interrupters WHERE last_cleared_at IS NOT NULL"
_PAGED = "SELECT kind, state FROM pages ORDER BY raised_at"


@pytest.mark.parametrize("way", ["give-back", "clear"])
async def test_a_role_given_back_is_open_at_once_and_the_desk_is_told_when_nobody_follows(
    alone: AlertsAlone, way: str
) -> None:
    heron, kestrel = await alone.world.on_duty("heron", km=0.4), await alone.world.on_duty("kestrel", km=1.1)
    incident, desk = await alone.incident(), alone.world.bearer("dispatcher")
    first = await question(alone, heron, incident)
    assignment = await heron.accepts(first)
    await heron.does(assignment, "en-route")
    for _ in "12":
        given = await heron.does(assignment, way)
        assert (given["state"], given["given_back"]) == ("stood_down", True)
    assert await stands(alone, incident) == {
        "offers": [(str(heron.worker), "accepted"), (str(kestrel.worker), "open")],
        "assignments": [(str(heron.worker), "stood_down")],
    }
    assert (await heron.taps(first, "accept")).status_code == 409
    assert (await heron.reports(assignment, "on-scene")).status_code == 409
    [line] = (await alone.world.alerts.get("/v1/dispatches", headers=desk)).json()["items"]
    [role] = line["roles"]
    assert (line["state"], role["filled"], [one["call_sign"] for one in role["given_back"]]) == ("open", 0, ["heron"])
    words = (await alone.world.explain(incident))["words"]
    assert any(one.endswith("heron could not go and gave the role back") for one in words)
    await kestrel.declines(await question(alone, kestrel, incident))
    assert (await alone.world.dispatch(incident))["state"] == "exhausted"
    assert await kept(alone, _PAGED) == [{"kind": "exhausted", "state": "open"}]
    assert await kept(alone, _RESTS) == []
    other = await alone.incident()
    await question(alone, heron, other)


async def test_whoever_is_there_clears_and_gives_nothing_back(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    incident = await alone.incident()
    assignment = await has_role(alone, heron, incident)
    await heron.does(assignment, "on-scene")
    refused = await heron.reports(assignment, "give-back")
    assert (refused.status_code, refused.json()["state"]) == (409, "on_scene")
    assert (await heron.does(assignment, "clear"))["state"] == "cleared"
    assert (await heron.reports(assignment, "give-back")).status_code == 409
    assert (await alone.world.dispatch(incident))["state"] == "staffed"


async def test_a_role_is_given_back_from_the_page_behind_the_link(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    incident = await alone.incident()
    await alone.world.deployment.start("alerts", "engine")
    await heron.is_offered(incident)
    page = page_of(alone.world.alerts, heron.phone.messages[0])
    await page.press("take")
    for _ in "12":
        answer = await page.press("give_back")
        told = "You gave it back. Others are asked. You need not go."
        assert (answer.status_code, said(answer), buttons(answer)) == (200, told, [])


async def test_whoever_is_there_in_a_role_not_wanted_any_more_stays_on_the_board(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron")
    incident = await alone.incident()
    await heron.does(await has_role(alone, heron, incident), "on-scene")
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("UPDATE dispatches SET policy = jsonb_set(policy, '{roles}', '{\"family\": 1}')")
    desk = alone.world.bearer("dispatcher")
    [line] = (await alone.world.alerts.get("/v1/dispatches", headers=desk)).json()["items"]
    shown = [(one["role"], one["wanted"], [who["call_sign"] for who in one["having"]]) for one in line["roles"]]
    assert shown == [("family", 1, []), ("scene", 0, ["heron"])]


async def test_whoever_is_sent_in_another_role_than_they_were_asked_for_is_not_told_that_nobody_needs_them(
    alone: AlertsAlone,
) -> None:
    await alone.world.asks(roles={"scene": 1, "hospital": 1})
    heron = await alone.world.on_duty("heron", roles=("scene", "hospital"))
    incident = await alone.incident()
    assert (await alone.world.reassigns(incident, heron, role="hospital")).status_code == 201
    offers = (await alone.world.dispatch(incident))["offers"]
    assert [(one["role"], one["state"]) for one in offers] == [("scene", "withdrawn"), ("hospital", "accepted")]
    told = await kept(alone, "SELECT kind FROM deliveries WHERE offer_id IS NOT NULL AND state = 'pending'")
    assert [one["kind"] for one in told] == ["assignment.made"]
