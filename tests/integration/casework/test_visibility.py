"""What is not yours looks as if it were not there, in lists and one by one alike; the police see nothing."""

from typing import Any

import pytest

from shared.kernel.ids import random_id
from tests.integration.casework.conftest import Desk, request_to
from tests.support.deployment import Deployment


async def test_a_foreign_case_cannot_be_told_from_one_that_does_not_exist(desk: Desk) -> None:
    case, handoff_case = await desk.case(), await desk.case(owner=desk.heron)
    handoff = await desk.handoff(handoff_case, desk.robin)
    participant = (await desk.heron.http.get(f"/v1/cases/{case}")).json()["participant_id"]
    attempts: list[tuple[str, str, str, dict[str, Any]]] = [
        ("GET", "/v1/cases/{}", case, {}),
        ("GET", "/v1/participants/{}", participant, {}),
        ("POST", "/v1/cases/{}/assign", case, {"worker_id": str(desk.wren.worker)}),
        ("POST", "/v1/cases/{}/handoffs", case, request_to(desk.wren)),
        ("GET", "/v1/handoffs/{}", handoff, {}),
        ("POST", "/v1/handoffs/{}/accept", handoff, {}),
        ("POST", "/v1/handoffs/{}/reject", handoff, {"reason": "no_capacity"}),
        ("POST", "/v1/handoffs/{}/revoke", handoff, {}),
    ]
    for method, path, foreign, body in attempts:
        who = desk.other_supervisor.http
        found = await who.request(method, path.format(foreign), json=body)
        missing = await who.request(method, path.format(random_id()), json=body)
        assert found.status_code == 404, (method, path)
        assert (found.status_code, found.content) == (missing.status_code, missing.content)


async def test_a_foreign_participant_or_organization_is_refused_like_an_unknown_one(desk: Desk) -> None:
    case = await desk.case()
    foreign = (await desk.heron.http.get(f"/v1/cases/{case}")).json()["participant_id"]
    own = {"organization_id": str(desk.other_organization)}
    answers = [
        await desk.wren.http.post("/v1/cases", json=own | {"participant_id": str(participant)})
        for participant in (foreign, random_id())
    ]
    assert answers[0].status_code == 422
    assert answers[0].content == answers[1].content
    organizations = [
        await desk.wren.http.post("/v1/cases", json={"participant_id": foreign, "organization_id": str(organization)})
        for organization in (desk.organization, random_id())
    ]
    assert organizations[0].status_code == 422
    assert organizations[0].content == organizations[1].content


async def test_lists_and_single_cases_agree_for_everybody(desk: Desk) -> None:
    cases = {await desk.case(), await desk.case(owner=desk.heron), await desk.case(owner=desk.heron)}
    offered = await desk.case(owner=desk.heron)
    await desk.handoff(offered, desk.wren)
    cases.add(offered)
    bystander = await desk.person("case_manager", organization=desk.other_organization)
    expected = {desk.heron: cases, desk.supervisor: cases, desk.office: cases, desk.wren: {offered}, bystander: set()}
    for who, sees in expected.items():
        listed = {item["case_id"] for item in (await who.http.get("/v1/cases")).json()["items"]}
        read = {case for case in cases if (await who.http.get(f"/v1/cases/{case}")).status_code == 200}
        assert listed == read == sees


async def test_who_rejected_an_offered_case_sees_it_no_more(desk: Desk) -> None:
    case = await desk.case(owner=desk.heron)
    handoff = await desk.handoff(case, desk.wren)
    assert (await desk.wren.http.get(f"/v1/cases/{case}")).status_code == 200
    await desk.wren.http.post(f"/v1/handoffs/{handoff}/reject", json={"reason": "not_a_match"})
    assert (await desk.wren.http.get(f"/v1/cases/{case}")).status_code == 404


async def test_the_participant_of_an_accepted_case_is_seen_by_its_new_organization(desk: Desk) -> None:
    case = await desk.case(owner=desk.heron)
    participant = (await desk.heron.http.get(f"/v1/cases/{case}")).json()["participant_id"]
    assert (await desk.other_supervisor.http.get(f"/v1/participants/{participant}")).status_code == 404
    await desk.wren.http.post(f"/v1/handoffs/{await desk.handoff(case, desk.wren)}/accept")
    seen = await desk.other_supervisor.http.get(f"/v1/participants/{participant}")
    assert set(seen.json()) == {"participant_id", "community", "registered_at"}


async def test_pages_are_walked_to_their_end_with_the_filters_kept(desk: Desk) -> None:
    mine = {await desk.case(owner=desk.heron) for _ in range(5)}
    await desk.case(owner=desk.robin)
    await desk.case()
    walked: list[str] = []
    address: str | None = "/v1/cases?mine=true&limit=2"
    while address is not None:
        answer = await desk.heron.http.get(address)
        walked += [item["case_id"] for item in answer.json()["items"]]
        address = answer.links.get("next", {}).get("url")
    assert len(walked) == 5
    assert set(walked) == mine


async def test_filters_narrow_what_is_seen_and_never_widen_it(desk: Desk) -> None:
    await desk.case()

    async def listed(who: Any, query: str) -> int:
        return len((await who.http.get(f"/v1/cases?{query}")).json()["items"])

    assert await listed(desk.office, f"organization={desk.organization}") == 1
    assert await listed(desk.office, f"organization={desk.other_organization}") == 0
    assert await listed(desk.office, "state=closed") == 0
    assert await listed(desk.wren, f"organization={desk.organization}&state=identified") == 0
    assert await listed(desk.heron, "mine=true") == 0


@pytest.mark.parametrize(
    "roles",
    [("source",), ("dispatcher",), ("interrupter",), ("analyst",), ("auditor",), ("admin",), ("source", "supervisor")],
)
async def test_no_other_role_reads_or_writes_anything(deployment: Deployment, roles: tuple[str, ...]) -> None:
    client = await deployment.client("casework", *roles, org=random_id(), worker=random_id())
    some = random_id()
    for path in ("cases", f"cases/{some}", f"participants/{some}", "handoffs", f"handoffs/{some}", "follow-ups"):
        assert (await client.get(f"/v1/{path}")).status_code == 403, path
    assert (await client.post("/v1/participants", json={})).status_code == 403
    assert (await client.post(f"/v1/follow-ups/{some}/complete")).status_code == 403


async def test_a_police_desk_is_refused_whatever_roles_it_holds(deployment: Deployment) -> None:
    client = await deployment.client("casework", "program_office", source_kind="police")
    assert (await client.get("/v1/cases")).status_code == 403


async def test_without_a_token_there_is_no_answer(deployment: Deployment) -> None:
    client = await deployment.client("casework")
    assert (await client.get("/v1/cases")).status_code == 401
