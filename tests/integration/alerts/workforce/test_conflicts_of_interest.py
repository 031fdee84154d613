"""Conflicts of interest: for the organization's supervisors alone, bound to a place or an incident, with an end."""

from typing import Any

from shared.kernel.ids import new_id
from tests.integration.alerts.workforce.conftest import Workforce, pointers


async def test_conflicts_of_interest_are_for_the_organizations_supervisors(workforce: Workforce) -> None:
    org = (await workforce.organization())["id"]
    heron = await workforce.interrupter(org)
    path = f"/v1/interrupters/{heron['id']}/conflicts-of-interest"
    supervisor = await workforce.acting("supervisor", org=org)
    expires_at = (await workforce.one("SELECT app_now() + interval '30 days'")).isoformat()
    body = {"community": "petworth", "reason": "former_member", "expires_at": expires_at}
    made = await supervisor.post(path, json=body)
    assert made.status_code == 201
    assert (await supervisor.get(path)).json()["items"] == [made.json()]
    for role in ("interrupter", "dispatcher", "program_office", "admin", "case_manager"):
        caller = await workforce.acting(role, org=org, worker=heron["id"])
        assert (await caller.get(path)).status_code == 403
        assert (await caller.post(path, json=body)).status_code == 403
    foreign_too = await workforce.acting("supervisor", "dispatcher", org=new_id())
    assert (await foreign_too.get(path)).status_code == 403
    assert "former_member" not in str(await workforce.published())


UNKEEPABLE_CONFLICTS: list[tuple[dict[str, Any], str]] = [
    ({"incident_id": str(new_id())}, "/community"),
    ({"community": None}, "/community"),
    ({"reason": "because his cousin"}, "/reason"),
    ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
    ({"expires_at": "9999-12-31T23:59:59-14:00"}, "/expires_at"),
    ({"expires_at": "2031-01-01T00:00:00"}, "/expires_at"),
    ({"note": "text"}, "/note"),
]


async def test_a_conflict_of_interest_that_cannot_be_kept_names_its_field(workforce: Workforce) -> None:
    org = (await workforce.organization())["id"]
    heron = await workforce.interrupter(org)
    supervisor = await workforce.acting("supervisor", org=org)
    expires_at = (await workforce.one("SELECT app_now() + interval '30 days'")).isoformat()
    body = {"community": "petworth", "reason": "kin", "expires_at": expires_at}
    for change, pointer in UNKEEPABLE_CONFLICTS:
        answer = await supervisor.post(f"/v1/interrupters/{heron['id']}/conflicts-of-interest", json=body | change)
        assert (answer.status_code, pointers(answer)) == (422, [pointer]), change
        assert "cousin" not in answer.text
    assert await workforce.one("SELECT count(*) FROM conflicts_of_interest") == 0
