"""Contractors change and people stay: where somebody belongs is replaced by the office, kept with who and why."""

from typing import Any
from uuid import UUID

from services.alerts.usecases.dispatching.part_from_unfit import withdraw_from_unfit
from shared.kernel.ids import new_id
from tests.integration.alerts.channels.conftest import execute
from tests.integration.alerts.conftest import AlertsAlone
from tests.integration.alerts.workforce.conftest import HOME, PETWORTH, Workforce, pointers
from tests.support.people import Interrupter
from tests.support.world import OAK_STREET, RIVER_ROAD

ANY = {"If-Match": "*"}
CHANGED = "truce.alerts.worker.changed.v1"
ELSEWHERE = {"lat": 38.9, "lon": -77.0}
_TIME_IS_OVER = """
UPDATE offers SET state = 'expired', next_action_at = NULL, settled_at = app_now()
WHERE state IN ('open', 'acknowledged')
"""


def placement(organization: str, **changes: Any) -> dict[str, Any]:
    return {"organization_id": organization, "team_community": "petworth", "reason": "contractor_changed"} | changes


async def test_a_placement_is_replaced_once_and_nothing_else_of_a_person_changes(
    workforce: Workforce, heron: dict[str, Any]
) -> None:
    theirs, path = (await workforce.organization())["id"], f"/v1/interrupters/{heron['id']}/placement"
    office = await workforce.acting("program_office")
    before = await workforce.one("SELECT to_jsonb(i) FROM interrupters i")
    body = placement(theirs, team_community=None, floater=True)
    assert (await office.put(path, json=body)).status_code == 428
    for etag in ('"1"', '"2"'):
        changed = await office.put(path, json=body, headers={"If-Match": etag})
        assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
        shown = changed.json()
        assert (shown["organization_id"], shown["team_community"], shown["floater"]) == (theirs, None, True)
        assert [one["community"] for one in shown["licences"]] == ["petworth"]
    assert (await office.put(path, json=body, headers={"If-Match": '"1"'})).status_code == 412
    after = await workforce.one("SELECT to_jsonb(i) FROM interrupters i")
    changes = {name for name in before if before[name] != after[name]}
    assert changes == {"version", "organization_id", "team_community", "floater"}
    assert await workforce.one("SELECT count(*) FROM placement_changes") == 1


async def test_a_placement_is_kept_with_who_and_why_and_told_without_a_home(
    workforce: Workforce, heron: dict[str, Any]
) -> None:
    ours, theirs = heron["organization_id"], (await workforce.organization())["id"]
    office, path = await workforce.acting("program_office", sub="office-7"), f"/v1/interrupters/{heron['id']}"
    floats = placement(theirs, team_community=None, floater=True)
    for body in (floats, placement(theirs, home=ELSEWHERE, reason="moved_home")):
        assert (await office.put(f"{path}/placement", json=body, headers=ANY)).status_code == 200
    assert (await (await workforce.acting("supervisor", org=ours)).get(f"{path}/placement")).status_code == 404
    now_theirs = await workforce.acting("supervisor", org=theirs)
    assert (await now_theirs.get(path)).json()["whereabouts"]["home"] == ELSEWHERE
    kept = (await now_theirs.get(f"{path}/placement")).json()
    assert (kept["organization_id"], kept["team_community"], kept["floater"]) == (theirs, "petworth", False)
    newest, first = kept["changes"]
    assert (newest["reason"], newest["by"], newest["home_changed"]) == ("moved_home", "office-7", True)
    assert (newest["was_organization_id"], newest["was_team_community"], newest["was_floater"]) == (theirs, None, True)
    assert (first["reason"], first["by"], first["home_changed"]) == ("contractor_changed", "office-7", False)
    assert (first["was_organization_id"], first["was_team_community"], first["was_floater"]) == (
        ours,
        "petworth",
        False,
    )
    told = [body["worker"] for kind, body in await workforce.published() if kind == CHANGED]
    shown = [(one["organization_id"], one.get("team_community"), one["floater"], one["version"]) for one in told]
    assert shown == [(theirs, None, True, 2), (theirs, "petworth", False, 3)]
    assert all(one["licences"] == [{"community": "petworth", "from_day": "2020-01-01"}] for one in told)
    published = str(await workforce.published())
    assert not any(secret in published for secret in ("office-7", "moved_home", "38.9", "77.0"))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"organization_id": str(new_id())}, "/organization_id"),
    ({"team_community": None}, "/team_community"),
    ({"floater": 1}, "/floater"),
    ({"home": HOME | {"lat": 91}}, "/home/lat"),
    ({"reason": "because of Ms Doe"}, "/reason"),
    ({"reason": None}, "/reason"),
    ({"licences": [PETWORTH]}, "/licences"),
]


async def test_only_the_office_places_people_and_what_cannot_be_kept_names_its_field(
    workforce: Workforce, heron: dict[str, Any]
) -> None:
    org = heron["organization_id"]
    path, other = f"/v1/interrupters/{heron['id']}/placement", (await workforce.organization())["id"]
    for role, claims in (
        ("interrupter", {"org": org, "worker": heron["id"]}),
        ("dispatcher", {}),
        ("supervisor", {"org": org}),
        ("supervisor", {"org": other}),
    ):
        caller = await workforce.acting(role, **claims)
        assert (await caller.put(path, json=placement(other), headers=ANY)).status_code == 403, role
    office = await workforce.acting("program_office")
    for changes, pointer in WRONG:
        answer = await office.put(path, json=placement(other, **changes), headers=ANY)
        assert (answer.status_code, pointers(answer)) == (422, [pointer]), changes
        assert "Doe" not in answer.text
    unknown = f"/v1/interrupters/{new_id()}/placement"
    assert (await office.put(unknown, json=placement(other), headers=ANY)).status_code == 404
    assert await workforce.one("SELECT version FROM interrupters") == 1
    assert await workforce.one("SELECT count(*) FROM placement_changes") == 0
    assert (await (await workforce.acting("admin")).put(path, json=placement(other), headers=ANY)).status_code == 200


async def test_whoever_can_be_asked_by_their_new_placement_wakes_what_waits(
    workforce: Workforce, heron: dict[str, Any]
) -> None:
    office, path = await workforce.acting("program_office"), f"/v1/interrupters/{heron['id']}/placement"
    waiting = await workforce.exhausted_dispatch()
    await workforce.is_to_be_reconsidered(waiting)
    unchanged = placement(heron["organization_id"], home=HOME)
    assert (await office.put(path, json=unchanged, headers=ANY)).status_code == 200
    assert not await workforce.is_to_be_reconsidered(waiting)
    floats = placement(heron["organization_id"], floater=True)
    assert (await office.put(path, json=floats, headers=ANY)).status_code == 200
    assert await workforce.is_to_be_reconsidered(waiting)
    assert (await workforce.as_candidate(heron)).floater


async def test_a_question_under_way_stays_good_and_a_late_yes_needs_the_standing_of_its_moment(
    alone: AlertsAlone,
) -> None:
    heron = await alone.world.on_duty("heron", licensed=False, floater=True, organization=RIVER_ROAD)
    kestrel = await alone.world.on_duty("kestrel", licensed=False, floater=True, organization=RIVER_ROAD)
    in_time, late = await alone.incident(), await alone.incident()
    asked = {one: await offer(alone, one) for one in (in_time, late)}
    people = {str(one.worker): one for one in (heron, kestrel)}
    for who in people.values():
        await floats_no_more(alone, who)
    assert not await alone.world.alerts_db.retrying(withdraw_from_unfit)
    assert (await accept(alone, people, asked[in_time])).status_code == 200
    await execute(alone, _TIME_IS_OVER)
    refused = (await accept(alone, people, asked[late])).json()
    assert (refused["status"], refused["state"], refused["reasons"]) == (409, "expired", ["no_licence"])


async def offer(alone: AlertsAlone, incident: str) -> dict[str, Any]:
    [one] = (await alone.world.dispatch(incident))["offers"]
    return dict(one)


async def floats_no_more(alone: AlertsAlone, who: Interrupter) -> None:
    headers = alone.world.bearer("program_office") | ANY
    body = placement(str(OAK_STREET), team_community="alder")
    answer = await alone.world.alerts.put(f"/v1/interrupters/{who.worker}/placement", json=body, headers=headers)
    assert answer.status_code == 200, answer.text


async def accept(alone: AlertsAlone, people: dict[str, Interrupter], asked: dict[str, Any]) -> Any:
    own = alone.world.bearer("interrupter", worker=UUID(asked["interrupter_id"]))
    assert asked["interrupter_id"] in people
    return await alone.world.alerts.post(f"/v1/offers/{asked['offer_id']}/accept", headers=own)
