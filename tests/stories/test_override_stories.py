"""The desk decides by hand: who is sent, who is relieved, what is set aside, and who may decide it."""

from typing import Any

import httpx
import pytest

from tests.support.people import Interrupter
from tests.support.world import OAK_STREET, RIVER_ROAD, World


async def nobody_is_left(world: World, incident: str) -> None:
    await world.dispatch_becomes(incident, "exhausted")
    for desk in (world.supervisor, world.dispatcher):
        await desk.is_paged("exhausted", incident_id=incident)


def refusal(answer: httpx.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json().get("reasons")


def who_has_it(dispatch: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["interrupter_id"], one["state"]) for one in dispatch["assignments"]]


async def test_a_role_is_given_to_somebody_else_and_both_are_told(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    offer = await heron.is_offered(incident)
    relieved = await heron.accepts(offer)
    answer = await world.reassigns(incident, kestrel, reason="no_contact")
    assert answer.status_code == 201, answer.text
    await kestrel.is_told("assignment.made", incident)
    await heron.is_told("assignment.reassigned", incident)
    dispatch = await world.dispatch_becomes(incident, "staffed")
    assert who_has_it(dispatch) == [(str(heron.worker), "reassigned"), (str(kestrel.worker), "accepted")]
    late = await heron.reports(relieved, "on-scene")
    assert (late.status_code, late.json()["state"]) == (409, "reassigned")
    again = await heron.taps(offer, "accept")
    assert (again.status_code, again.json()["state"]) == (409, "reassigned")
    shown = await world.alerts.get(f"/v1/offers/{offer.offer_id}", headers=world.bearer("dispatcher"))
    assert shown.json()["assignment_state"] == "reassigned"
    assert (await kestrel.reports(answer.json()["assignment_id"], "en-route")).status_code == 200
    second = await world.activated_incident()
    await heron.is_offered(second)


@pytest.mark.own_deployment  # it reads what is on the topics
async def test_a_decision_by_hand_is_told_by_explain_and_the_events(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1, licensed=False)
    incident = await world.activated_incident()
    relieved = await heron.accepts(await heron.is_offered(incident))
    answer = await world.reassigns(incident, kestrel, reason="unsafe", despite=["no_licence", "resting"])
    made = answer.json()["assignment_id"]
    await kestrel.is_told("assignment.made", incident)
    await heron.is_told("assignment.reassigned", incident)
    explained = await world.explain(incident)
    (by_hand,) = explained["decided_by_hand"]
    shown = ("call_sign", "relieved_call_sign", "reason", "despite", "decided_by", "decided_as")
    assert [by_hand[name] for name in shown] == ["kestrel", "heron", "unsafe", ["no_licence"], "desk-1", "dispatcher"]
    assert explained["words"][-1].endswith(
        "kestrel was sent as scene instead of heron by dispatcher desk-1 (unsafe), "
        "although kestrel has no licence to operate there"
    )
    await world.quiet()
    told = {kind.split(".", 2)[2]: body for kind, body in await world.deployment.events("alerts.dispatches")}
    decided, taken = told["assignment.decided.v1"], told["assignment.reassigned.v1"]
    assert (decided["assignment_id"], decided["reason"], decided["despite"]) == (made, "unsafe", ["no_licence"])
    assert (taken["assignment_id"], taken["successor_id"]) == (relieved, made)
    assert "desk-1" not in str(decided)


async def test_somebody_off_duty_is_sent_where_nobody_is_left_only_if_that_is_named(world: World) -> None:
    heron = await world.on_duty("heron", duty=False, licensed=False)
    incident = await world.activated_incident()
    await nobody_is_left(world, incident)
    assert refusal(await world.reassigns(incident, heron)) == (409, ["off_duty", "no_licence"])
    assert refusal(await world.reassigns(incident, heron, despite=["off_duty"])) == (409, ["no_licence"])
    assert (await world.reassigns(incident, heron, despite=["off_duty", "no_licence"])).status_code == 201
    await heron.is_told("assignment.made", incident)
    await world.dispatch_becomes(incident, "staffed")
    await world.advance(minutes=30)


async def test_nobody_is_sent_despite_a_conflict_of_interest_or_another_incident(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    first = await world.activated_incident()
    await heron.accepts(await heron.is_offered(first))
    second = await world.activated_incident()
    await kestrel.declines(await kestrel.is_offered(second))
    await nobody_is_left(world, second)
    await kestrel.keeps_out_of(second, organization=OAK_STREET)
    named = ["committed", "conflict_of_interest", "off_duty"]
    assert refusal(await world.reassigns(second, heron, despite=named)) == (409, ["committed"])
    assert refusal(await world.reassigns(second, kestrel, despite=named)) == (409, ["not_available"])
    assert (await world.dispatch(second))["assignments"] == []


async def test_a_question_under_way_ends_when_somebody_else_is_sent(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    incident = await world.activated_incident()
    asked = await heron.is_offered(incident)
    assert (await world.reassigns(incident, kestrel)).status_code == 201
    await kestrel.is_told("assignment.made", incident)
    await heron.is_told("offer.taken", incident)
    too_late = await heron.taps(asked, "accept")
    assert (too_late.status_code, too_late.json()["state"]) == (409, "taken")


async def test_whoever_is_being_asked_can_be_sent_and_sending_twice_changes_nothing(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident()
    asked = await heron.is_offered(incident)
    first = await world.reassigns(incident, heron)
    await heron.is_told("assignment.made", incident)
    await world.quiet()
    dispatch = await world.dispatch_becomes(incident, "staffed")
    assert [(one["offer_id"], one["state"]) for one in dispatch["offers"]] == [(asked.offer_id, "accepted")]
    again = await world.reassigns(incident, heron)
    assert (first.status_code, again.status_code) == (201, 200)
    explained = await world.explain(incident)
    assert [one["sent_by_hand"] for one in explained["asked"]] == [True]
    assert any("heron was asked for scene: sent by hand before an answer, at 20" in line for line in explained["words"])
    assert again.json() == first.json()
    assert (await world.dispatch(incident))["version"] == dispatch["version"]


async def test_being_sent_withdraws_what_the_person_was_asked_elsewhere(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    first = await world.activated_incident()
    await heron.is_offered(first)
    second = await world.activated_incident()
    await kestrel.accepts(await kestrel.is_offered(second))
    assert (await world.reassigns(second, heron)).status_code == 201
    await heron.is_told("assignment.made", second)
    await kestrel.is_told("assignment.reassigned", second)
    await heron.is_told("offer.withdrawn", first)
    await kestrel.is_offered(first)


async def test_a_named_person_is_relieved_only_while_having_the_role(world: World) -> None:
    heron, kestrel = await world.on_duty("heron", km=0.4), await world.on_duty("kestrel", km=1.1)
    teal = await world.on_duty("teal", km=2.0)
    incident = await world.activated_incident()
    await heron.accepts(await heron.is_offered(incident))
    instead = {"instead_of": str(heron.worker)}
    assert (await world.reassigns(incident, kestrel, **instead)).status_code == 201
    await kestrel.is_told("assignment.made", incident)
    await heron.is_told("assignment.reassigned", incident)
    too_late = await world.reassigns(incident, teal, **instead)
    assert (too_late.status_code, too_late.json()["state"]) == (409, "staffed")


async def test_a_supervisor_decides_about_the_own_organizations_people_alone(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    kestrel = await world.on_duty("kestrel", km=1.1, organization=RIVER_ROAD)
    teal = await world.on_duty("teal", km=2.0, duty=False)
    incident = await world.activated_incident()
    await heron.accepts(await heron.is_offered(incident))

    async def decides(to: Interrupter, **claims: Any) -> int:
        by = world.bearer("supervisor", **claims)
        return (await world.reassigns(incident, to, by=by, despite=["off_duty"])).status_code

    assert await decides(teal) == 404
    assert await decides(teal, org=RIVER_ROAD) == 404
    assert await decides(kestrel, org=RIVER_ROAD) == 403
    assert await decides(teal, org=OAK_STREET) == 201
    await teal.is_told("assignment.made", incident)
    await heron.is_told("assignment.reassigned", incident)
    (by_hand,) = (await world.explain(incident))["decided_by_hand"]
    assert by_hand["decided_as"] == "supervisor"
    for strangers in (world.bearer("interrupter", worker=heron.worker), world.bearer("program_office")):
        assert (await world.reassigns(incident, heron, by=strangers)).status_code == 403


async def test_nobody_is_sent_where_the_incident_has_ended_or_the_role_is_not_wanted(world: World) -> None:
    heron = await world.on_duty("heron", km=0.4)
    incident = await world.activated_incident()
    await heron.declines(await heron.is_offered(incident))
    await nobody_is_left(world, incident)
    unwanted = await world.reassigns(incident, heron, role="hospital")
    assert (unwanted.status_code, unwanted.json()["errors"][0]["pointer"]) == (422, "/role")
    assert (await world.does(incident, "screen-out", reason="unfounded")).status_code == 200
    await world.dispatch_becomes(incident, "stood_down")
    ended = await world.reassigns(incident, heron)
    assert (ended.status_code, ended.json()["state"]) == (409, "stood_down")
