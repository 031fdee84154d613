"""Contractors and coverage: written by the office, seen by their own, told on the topic as a whole each time."""

from typing import Any

from shared.kernel.ids import new_id
from tests.integration.alerts.workforce.conftest import PETWORTH, Workforce, pointers

BRENTWOOD = {"community": "brentwood", "from_day": "2021-01-01", "until_day": "2026-01-01"}
REGISTERED = "truce.alerts.organization.registered.v1"
CHANGED = "truce.alerts.organization.changed.v1"


async def test_a_registered_organization_is_shown_and_told(workforce: Workforce) -> None:
    main = await workforce.organization(name="Main & Sons", coverage=[PETWORTH, BRENTWOOD])
    sub = await workforce.organization(subcontractor_of=main["id"], coverage=[])
    assert main["coverage"] == [BRENTWOOD, PETWORTH]

    office = await workforce.acting("program_office")
    shown = await office.get(f"/v1/organizations/{main['id']}")
    assert (shown.json(), shown.headers["etag"]) == (main, '"1"')
    assert (await office.get("/v1/organizations")).json() == {"items": [main, sub], "next": None}

    [(kind, told), (_, told_of_sub)] = await workforce.published()
    assert kind == REGISTERED
    assert told["organization"] == {
        "version": 1,
        "organization_id": main["id"],
        "name": "Main & Sons",
        "coverage": [BRENTWOOD, {"community": "petworth", "from_day": "2020-01-01"}],
    }
    assert told_of_sub["organization"]["subcontractor_of"] == main["id"]


async def test_coverage_is_replaced_once_by_whoever_has_seen_it(workforce: Workforce) -> None:
    organization = await workforce.organization()
    office, path = await workforce.acting("program_office"), f"/v1/organizations/{organization['id']}/coverage"

    blind = await office.put(path, json=[BRENTWOOD])
    assert blind.status_code == 428
    changed = await office.put(path, json=[BRENTWOOD], headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["coverage"], changed.headers["etag"]) == (200, [BRENTWOOD], '"2"')
    late = await office.put(path, json=[PETWORTH], headers={"If-Match": '"1"'})
    assert (late.status_code, late.headers["etag"]) == (412, '"2"')
    again = await office.put(path, json=[BRENTWOOD], headers={"If-Match": "*"})
    assert (again.status_code, again.json()["version"]) == (200, 2)

    assert [kind for kind, _ in await workforce.published()] == [REGISTERED, CHANGED]
    assert [row["community"] for row in await workforce.all("SELECT community FROM coverage")] == ["brentwood"]


async def test_a_supervisor_sees_the_own_organization_and_no_other(workforce: Workforce) -> None:
    ours, theirs = await workforce.organization(), await workforce.organization()
    supervisor = await workforce.acting("supervisor", org=ours["id"])
    assert [one["id"] for one in (await supervisor.get("/v1/organizations")).json()["items"]] == [ours["id"]]
    assert (await supervisor.get(f"/v1/organizations/{ours['id']}")).status_code == 200
    foreign = await supervisor.get(f"/v1/organizations/{theirs['id']}")
    unknown = await supervisor.get(f"/v1/organizations/{new_id()}")
    assert (foreign.status_code, foreign.json()) == (404, unknown.json())
    of_nobody = await workforce.acting("supervisor")
    assert (await of_nobody.get("/v1/organizations")).json()["items"] == []


async def test_only_the_office_writes(workforce: Workforce) -> None:
    organization = await workforce.organization()
    path, any_version = f"/v1/organizations/{organization['id']}/coverage", {"If-Match": "*"}
    for role in ("supervisor", "dispatcher", "interrupter", "case_manager", "source"):
        caller = await workforce.acting(role, org=organization["id"])
        assert (await caller.post("/v1/organizations", json={"name": "Another"})).status_code == 403
        assert (await caller.put(path, json=[], headers=any_version)).status_code == 403
    assert len(await workforce.published()) == 1


async def test_a_repeated_registration_with_its_key_is_one(workforce: Workforce) -> None:
    office, key = await workforce.acting("program_office"), {"Idempotency-Key": "once"}
    first = await office.post("/v1/organizations", json={"name": "Once"}, headers=key)
    second = await office.post("/v1/organizations", json={"name": "Once"}, headers=key)
    assert (first.status_code, second.status_code, second.json()) == (201, 201, first.json())
    assert (await office.post("/v1/organizations", json={"name": "Once"})).status_code == 409
    assert len(await workforce.published()) == 1


async def test_pages_follow_one_another(workforce: Workforce) -> None:
    made = sorted([(await workforce.organization())["id"] for _ in range(5)])
    office = await workforce.acting("program_office")
    seen, path = [], "/v1/organizations?limit=2"
    while path:
        answer = await office.get(path)
        page = answer.json()
        assert ('rel="next"' in answer.headers.get("link", "")) == (page["next"] is not None)
        assert len(page["items"]) <= 2
        seen += [one["id"] for one in page["items"]]
        path = page["next"] and f"/v1/organizations?limit=2&cursor={page['next']}"
    assert seen == made
    assert (await office.get("/v1/organizations?cursor=WyJub3QiXQ")).status_code == 400


UNKEEPABLE: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "/name"),
    ({"name": " blank"}, "/name"),
    ({"name": "a\x00b"}, "/name"),
    ({"name": "x" * 121}, "/name"),
    ({"slug": "x"}, "/slug"),
    ({"id": "7"}, "/id"),
    ({"subcontractor_of": str(new_id())}, "/subcontractor_of"),
    ({"coverage": [PETWORTH, PETWORTH]}, "/coverage/1/from_day"),
    ({"coverage": [PETWORTH | {"until_day": "2019-12-31"}]}, "/coverage/0/until_day"),
    ({"coverage": [PETWORTH | {"community": "No Such Place!"}]}, "/coverage/0/community"),
    ({"coverage": [PETWORTH | {"from_day": "2020-02-30"}]}, "/coverage/0/from_day"),
    ({"coverage": [PETWORTH] * 501}, "/coverage"),
]


async def test_what_cannot_be_kept_names_its_field_and_leaves_nothing(workforce: Workforce) -> None:
    office = await workforce.acting("program_office")
    for change, pointer in UNKEEPABLE:
        answer = await office.post("/v1/organizations", json={"name": "Fine", "coverage": [PETWORTH]} | change)
        assert (answer.status_code, pointers(answer)) == (422, [pointer]), change
        assert "No Such Place" not in answer.text
    assert await workforce.one("SELECT count(*) FROM organizations") == 0
    assert await workforce.published() == []
