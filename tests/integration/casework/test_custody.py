"""Nobody falls between two desks: a case has one owner at every moment, whatever is asked and answered at once."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest
from asyncpg import IntegrityConstraintViolationError

from shared.persistence.sqlstate import constraint
from tests.integration.casework.conftest import Desk, custody, request_to
from tests.support.waiting import eventually


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


async def test_a_case_has_no_owner_until_a_supervisor_assigns_one(desk: Desk) -> None:
    case = await desk.case()
    assert (await desk.heron.http.get(f"/v1/cases/{case}")).json()["owner_worker"] is None
    body = {"worker_id": str(desk.heron.worker)}
    assert (await desk.heron.http.post(f"/v1/cases/{case}/assign", json=body)).status_code == 403
    assigned = await desk.supervisor.http.post(f"/v1/cases/{case}/assign", json=body)
    assert assigned.json()["owner_worker"] == str(desk.heron.worker)
    repeated = await desk.supervisor.http.post(f"/v1/cases/{case}/assign", json=body)
    assert (repeated.status_code, repeated.json()["version"]) == (200, 2)


async def test_responsibility_stays_until_the_receiver_accepts_and_then_moves_at_once(desk: Desk) -> None:
    case = await desk.case(owner=desk.heron)
    handoff = await desk.handoff(case, desk.wren)
    assert await desk.owner(case) == custody(desk.heron)
    offered = (await desk.wren.http.get("/v1/handoffs?to=me")).json()["items"]
    assert [item["handoff_id"] for item in offered] == [handoff]
    accepted = await desk.wren.http.post(f"/v1/handoffs/{handoff}/accept")
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    assert await desk.owner(case) == custody(desk.wren)
    assert (await desk.wren.http.get("/v1/handoffs?to=me")).json()["items"] == []
    assert (await desk.heron.http.get(f"/v1/handoffs/{handoff}")).json()["state"] == "accepted"


async def test_what_is_told_to_the_world_is_what_happened_in_its_order(desk: Desk) -> None:
    case = await desk.case(owner=desk.heron)
    await desk.wren.http.post(
        f"/v1/handoffs/{await desk.handoff(case, desk.wren)}/reject", json={"reason": "no_capacity"}
    )
    await desk.heron.http.post(f"/v1/handoffs/{await desk.handoff(case, desk.wren)}/revoke")
    await desk.wren.http.post(f"/v1/handoffs/{await desk.handoff(case, desk.wren)}/accept")
    await desk.deployment.start("casework", "stream")

    async def told() -> list[tuple[str, dict[str, Any]]]:
        found = await desk.deployment.events("casework.cases")
        return found if len(found) == 8 else []

    events = await eventually(told, within_s=30)
    assert [kind.removeprefix("truce.casework.").removesuffix(".v1") for kind, _ in events] == [
        *("case.opened", "case.assigned"),
        *("handoff.requested", "handoff.rejected"),
        *("handoff.requested", "handoff.revoked"),
        *("handoff.requested", "handoff.accepted"),
    ]
    snapshots = [body["case"] for _, body in events]
    assert [each["version"] for each in snapshots] == list(range(1, 9))
    assert {each["owner_worker"] for each in snapshots[1:7]} == {str(desk.heron.worker)}
    assert snapshots[7]["owner_worker"] == str(desk.wren.worker)
    assert [each["state"] for each in snapshots[7]["handoffs"]] == ["rejected", "revoked", "accepted"]
    assert snapshots[7]["handoffs"][0]["rejection"] == "no_capacity"


async def test_rejected_or_revoked_the_owner_keeps_the_case(desk: Desk) -> None:
    case = await desk.case(owner=desk.heron)
    rejected = await desk.wren.http.post(
        f"/v1/handoffs/{await desk.handoff(case, desk.wren)}/reject", json={"reason": "conflict_of_interest"}
    )
    assert (rejected.json()["state"], rejected.json()["rejection"]) == ("rejected", "conflict_of_interest")
    revoked = await desk.heron.http.post(f"/v1/handoffs/{await desk.handoff(case, desk.wren)}/revoke")
    assert revoked.json()["state"] == "revoked"
    assert await desk.owner(case) == custody(desk.heron)


@pytest.mark.parametrize("answer", ["accept", "reject", "revoke"])
async def test_a_settled_handoff_answers_with_its_state(desk: Desk, answer: str) -> None:
    case = await desk.case(owner=desk.heron)
    handoff = await desk.handoff(case, desk.wren)
    await desk.wren.http.post(f"/v1/handoffs/{handoff}/accept")
    who = desk.heron if answer == "revoke" else desk.wren
    late = await who.http.post(f"/v1/handoffs/{handoff}/{answer}", json={"reason": "no_capacity"})
    assert (late.status_code, late.json()["state"]) == (409, "accepted")
    assert await desk.owner(case) == custody(desk.wren)


async def test_of_many_requests_at_once_one_opens_a_handoff(desk: Desk) -> None:
    case = await desk.case(owner=desk.heron)
    asked = [desk.heron.http.post(f"/v1/cases/{case}/handoffs", json=request_to(desk.wren)) for _ in range(8)]
    assert statuses(await asyncio.gather(*asked)) == {201: 1, 409: 7}
    assert await desk.count("handoffs WHERE state = 'requested'") == 1


async def test_the_database_itself_admits_one_open_handoff_per_case(desk: Desk) -> None:
    case = await desk.case(owner=desk.heron)
    await desk.handoff(case, desk.wren)
    with pytest.raises(IntegrityConstraintViolationError) as refused:
        async with desk.db.transaction() as tx:
            await tx.run(
                "INSERT INTO handoffs (handoff_id, case_id, from_worker, from_organization, to_worker,"
                " to_organization, state, reason, requested_by, requested_at)"
                " SELECT gen_random_uuid(), case_id, from_worker, from_organization, to_worker,"
                " to_organization, state, reason, requested_by, requested_at FROM handoffs"
            )
    assert constraint(refused.value) == "handoffs_one_open"


async def test_of_many_accepts_at_once_one_takes_the_case(desk: Desk) -> None:
    case = await desk.case(owner=desk.heron)
    handoff = await desk.handoff(case, desk.wren)
    answers = await asyncio.gather(*(desk.wren.http.post(f"/v1/handoffs/{handoff}/accept") for _ in range(8)))
    assert statuses(answers) == {200: 1, 409: 7}
    assert await desk.owner(case) == custody(desk.wren)
    assert (await desk.wren.http.get(f"/v1/cases/{case}")).json()["version"] == 4


async def test_of_accept_and_revoke_at_once_exactly_one_wins_and_the_owner_agrees(desk: Desk) -> None:
    won: Counter[str] = Counter()
    for turn in range(12):
        case = await desk.case(owner=desk.heron)
        handoff = await desk.handoff(case, desk.wren)
        accepting = desk.wren.http.post(f"/v1/handoffs/{handoff}/accept")
        revoking = desk.heron.http.post(f"/v1/handoffs/{handoff}/revoke")
        first, second = (accepting, revoking) if turn % 2 else (revoking, accepting)
        answers = await asyncio.gather(first, second)
        assert statuses(list(answers)) == {200: 1, 409: 1}
        state = (await desk.office.http.get(f"/v1/handoffs/{handoff}")).json()["state"]
        won[state] += 1
        assert await desk.owner(case) == custody(desk.wren if state == "accepted" else desk.heron)
    assert set(won) <= {"accepted", "revoked"}


async def test_only_the_receiver_says_yes(desk: Desk) -> None:
    case = await desk.case(owner=desk.heron)
    handoff = await desk.handoff(case, desk.wren)
    for who in (desk.heron, desk.supervisor, desk.other_supervisor, desk.office):
        assert (await who.http.post(f"/v1/handoffs/{handoff}/accept")).status_code == 403
    bystander = await desk.person("case_manager", organization=desk.other_organization)
    assert (await bystander.http.post(f"/v1/handoffs/{handoff}/accept")).status_code == 404
    assert await desk.owner(case) == custody(desk.heron)


async def test_a_supervisor_finds_and_rejects_what_an_absent_receiver_leaves_lying(desk: Desk) -> None:
    case = await desk.case(owner=desk.heron)
    handoff = await desk.handoff(case, desk.wren)
    listed = (await desk.other_supervisor.http.get("/v1/handoffs?to=organization")).json()["items"]
    assert [item["handoff_id"] for item in listed] == [handoff]
    assert (await desk.wren.http.get("/v1/handoffs?to=organization")).status_code == 403
    rejected = await desk.other_supervisor.http.post(f"/v1/handoffs/{handoff}/reject", json={"reason": "leaving"})
    assert rejected.status_code == 200
    assert await desk.owner(case) == custody(desk.heron)


async def test_the_receiver_must_be_an_active_worker_known_here(desk: Desk) -> None:
    case = await desk.case(owner=desk.heron)
    gone = await desk.person("case_manager", organization=desk.other_organization, active=False)
    unknown = {"to_worker_id": str(desk.organization), "reason": "capacity"}
    for body in (request_to(gone), unknown, request_to(desk.heron)):
        refused = await desk.heron.http.post(f"/v1/cases/{case}/handoffs", json=body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/to_worker_id")
    assert await desk.count("handoffs") == 0


async def test_a_receiver_who_left_meanwhile_cannot_accept(desk: Desk) -> None:
    case = await desk.case(owner=desk.heron)
    handoff = await desk.handoff(case, desk.wren)
    await desk.tell_worker(desk.wren.worker, desk.other_organization, active=False, version=2)
    assert (await desk.wren.http.post(f"/v1/handoffs/{handoff}/accept")).status_code == 409
    assert await desk.owner(case) == custody(desk.heron)


async def test_an_open_handoff_is_settled_before_anybody_else_is_assigned(desk: Desk) -> None:
    case = await desk.case(owner=desk.heron)
    handoff = await desk.handoff(case, desk.wren)
    body = {"worker_id": str(desk.robin.worker)}
    assert (await desk.supervisor.http.post(f"/v1/cases/{case}/assign", json=body)).status_code == 409
    await desk.supervisor.http.post(f"/v1/handoffs/{handoff}/revoke")
    assert (await desk.supervisor.http.post(f"/v1/cases/{case}/assign", json=body)).status_code == 200
    assert await desk.owner(case) == custody(desk.robin)


async def test_of_assigning_and_handing_over_at_once_one_wins(desk: Desk) -> None:
    case = await desk.case(owner=desk.heron)
    body = {"worker_id": str(desk.robin.worker)}
    assigned, asked = await asyncio.gather(
        desk.supervisor.http.post(f"/v1/cases/{case}/assign", json=body),
        desk.heron.http.post(f"/v1/cases/{case}/handoffs", json=request_to(desk.wren)),
    )
    # The loser meets an open handoff (409), or is not the owner any more (403).
    assert (assigned.status_code, asked.status_code) in {(200, 403), (409, 201)}


async def test_a_case_is_assigned_within_its_organization_only(desk: Desk) -> None:
    case = await desk.case()
    refused = await desk.supervisor.http.post(f"/v1/cases/{case}/assign", json={"worker_id": str(desk.wren.worker)})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/worker_id")


async def test_a_case_without_an_owner_is_not_handed_over(desk: Desk) -> None:
    case = await desk.case()
    refused = await desk.supervisor.http.post(f"/v1/cases/{case}/handoffs", json=request_to(desk.wren))
    assert refused.status_code == 409


async def test_the_database_itself_keeps_an_owner_on_a_case(desk: Desk) -> None:
    await desk.case(owner=desk.heron)
    with pytest.raises(IntegrityConstraintViolationError) as refused:
        async with desk.db.transaction() as tx:
            await tx.run("UPDATE cases SET owner_worker = NULL, assigned_at = NULL")
    assert constraint(refused.value) == "cases_never_ownerless"


@pytest.mark.parametrize("what", ["participants", "cases", "handoffs"])
async def test_the_same_request_sent_again_gets_the_same_answer_and_changes_nothing(desk: Desk, what: str) -> None:
    case = await desk.case(owner=desk.heron)
    seen = (await desk.heron.http.get(f"/v1/cases/{case}")).json()
    participant = {"participant_id": seen["participant_id"], "organization_id": str(desk.organization)}
    path, body, other = {
        "participants": ("/v1/participants", {"community": "park-view"}, {"community": "petworth"}),
        "cases": ("/v1/cases", participant, participant | {"community": "petworth"}),
        "handoffs": (f"/v1/cases/{case}/handoffs", request_to(desk.wren), request_to(desk.robin)),
    }[what]
    key = {"Idempotency-Key": "k-1"}
    before = await desk.count(what)
    first = await desk.heron.http.post(path, json=body, headers=key)
    again = await desk.heron.http.post(path, json=body, headers=key)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (await desk.heron.http.post(path, json=other, headers=key)).status_code == 422
    assert await desk.count(what) == before + 1
