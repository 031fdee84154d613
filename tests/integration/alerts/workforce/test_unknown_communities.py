"""A community that nobody knows is refused where somebody writes it down: what is said of it would never count."""

from tests.integration.alerts.workforce.conftest import Workforce, pointers

TERM = {"community": "petworh", "from_day": "2026-01-01"}


async def test_a_misspelt_community_is_refused_by_its_place_once_areas_are_known(workforce: Workforce) -> None:
    org = (await workforce.organization())["id"]
    heron = await workforce.interrupter(org)
    office, supervisor = await workforce.acting("program_office"), await workforce.acting("supervisor", org=org)
    conflict = {"community": "petworh", "reason": "kin", "expires_at": "2031-01-01T00:00:00Z"}
    where = f"/v1/interrupters/{heron['id']}"
    before = await supervisor.post(f"{where}/conflicts-of-interest", json=conflict)
    assert before.status_code == 201  # before areas are loaded nothing can be told from anything
    async with workforce.db.transaction() as tx:
        await tx.run("INSERT INTO communities (area_id, version, name) VALUES ('petworth', 1, 'Petworth')")
    any_version = {"If-Match": "*"}
    home = {"lat": 38.9, "lon": -77.0}
    newcomer = {
        "organization_id": org, "call_sign": "egret", "roles": ["scene"], "home": home, "team_community": "petworh",
        "licences": [TERM | {"community": "petworth"}, TERM],
    }  # fmt: skip
    moved = {"organization_id": org, "team_community": "petworh", "floater": False, "home": home, "reason": "corrected"}
    for answer, places in (
        (await supervisor.post(f"{where}/conflicts-of-interest", json=conflict), ["/community"]),
        (await office.put(f"{where}/licences", json=[TERM], headers=any_version), ["/0/community"]),
        (await office.put(f"{where}/placement", json=moved, headers=any_version), ["/team_community"]),
        (await office.put(f"/v1/organizations/{org}/coverage", json=[TERM], headers=any_version), ["/0/community"]),
        (await office.post("/v1/organizations", json={"name": "New", "coverage": [TERM]}), ["/coverage/0/community"]),
        (await office.post("/v1/interrupters", json=newcomer), ["/licences/1/community", "/team_community"]),
    ):
        assert (answer.status_code, sorted(pointers(answer))) == (422, places), answer.text
    right = await supervisor.post(f"{where}/conflicts-of-interest", json=conflict | {"community": "petworth"})
    assert right.status_code == 201
