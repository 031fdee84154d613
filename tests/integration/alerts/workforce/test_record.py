"""A person's record: changed by whoever keeps it, once, told without what concerns nobody else."""

from typing import Any

from shared.kernel.ids import new_id
from tests.integration.alerts.workforce.conftest import PETWORTH, Workforce, created, pointers

ANY = {"If-Match": "*"}
CHANGED, DUTY_CHANGED = "truce.alerts.worker.changed.v1", "truce.alerts.worker.duty_changed.v1"


async def told(workforce: Workforce) -> list[tuple[str, dict[str, Any]]]:
    return [(kind, body["worker"]) for kind, body in await workforce.published() if ".worker." in kind][1:]


async def test_roles_are_replaced_once_by_whoever_has_seen_them(workforce: Workforce, heron: dict[str, Any]) -> None:
    supervisor, path = await workforce.supervisor_of(heron), f"/v1/interrupters/{heron['id']}/roles"
    body = {"roles": ["family", "hospital"]}
    assert (await supervisor.put(path, json=body)).status_code == 428
    for etag in ('"1"', '"2"'):
        changed = await supervisor.put(path, json=body, headers={"If-Match": etag})
        assert (changed.json()["roles"], changed.headers["etag"]) == (["hospital", "family"], '"2"')
    assert (await supervisor.put(path, json=body, headers={"If-Match": '"1"'})).status_code == 412
    assert [(kind, worker["roles"]) for kind, worker in await told(workforce)] == [(CHANGED, ["hospital", "family"])]


async def test_languages_and_hours_are_kept_in_their_usual_form(workforce: Workforce, heron: dict[str, Any]) -> None:
    supervisor, path = await workforce.supervisor_of(heron), f"/v1/interrupters/{heron['id']}/profile"
    body = {"languages": ["ES-419", "am", "es-419"], "employment": "part_time", "weekly_hours": 20}
    for _ in range(2):
        kept = (await supervisor.put(path, json=body, headers=ANY)).json()
        shown = kept["languages"], kept["employment"], kept["weekly_hours"]
        assert shown == (["am", "es-419"], "part_time", 20)
    [(kind, worker)] = await told(workforce)
    assert (kind, worker["languages"], worker["employment"]) == (CHANGED, ["am", "es-419"], "part_time")
    assert "weekly_hours" not in worker
    registered = await workforce.interrupter(heron["organization_id"], **body)
    assert (registered["languages"], registered["weekly_hours"]) == (["am", "es-419"], 20)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("roles", {"roles": []}, "/roles"),
    ("roles", {"roles": ["driver"]}, "/roles/0"),
    ("roles", {}, "/roles"),
    ("profile", {"languages": ["english"]}, "/languages/0"),
    ("profile", {"languages": ["en", "xx"]}, "/languages/1"),
    ("profile", {"languages": ["en-x-private"]}, "/languages/0"),
    ("profile", {"employment": "freelance"}, "/employment"),
    ("profile", {"employment": "part_time"}, "/weekly_hours"),
    ("profile", {"weekly_hours": 20}, "/weekly_hours"),
    ("profile", {"employment": "part_time", "weekly_hours": 0}, "/weekly_hours"),
    ("profile", {"employment": "part_time", "weekly_hours": "20"}, "/weekly_hours"),
    ("profile", {"note": "text"}, "/note"),
]


async def test_a_record_that_cannot_be_kept_names_its_field_and_stays(
    workforce: Workforce, heron: dict[str, Any]
) -> None:
    supervisor = await workforce.supervisor_of(heron)
    for what, body, pointer in WRONG:
        answer = await supervisor.put(f"/v1/interrupters/{heron['id']}/{what}", json=body, headers=ANY)
        assert (answer.status_code, pointers(answer)) == (422, [pointer]), body
        assert "english" not in answer.text
    assert await workforce.one("SELECT version FROM interrupters") == 1
    assert await told(workforce) == []


async def test_whoever_leaves_is_off_duty_until_they_are_back(workforce: Workforce, heron: dict[str, Any]) -> None:
    supervisor, path = await workforce.supervisor_of(heron), f"/v1/interrupters/{heron['id']}"
    own = await workforce.acting("interrupter", worker=heron["id"])
    assert (await supervisor.post(f"{path}/deactivate")).status_code == 428
    for _ in range(2):
        gone = (await supervisor.post(f"{path}/deactivate", headers=ANY)).json()
        assert (gone["active"], gone["on_duty"]) == (False, False)
    refused = await own.put(f"{path}/duty", json={"on_duty": True})
    assert (refused.status_code, refused.json()["state"]) == (409, "inactive")
    back = (await supervisor.post(f"{path}/reactivate", headers=ANY)).json()
    assert (back["active"], back["on_duty"]) == (True, False)
    assert [(kind, worker["active"], worker["on_duty"]) for kind, worker in await told(workforce)] == [
        (CHANGED, False, True),
        (DUTY_CHANGED, False, False),
        (CHANGED, True, False),
    ]


async def test_the_record_is_kept_by_the_persons_supervisor_or_the_office(
    workforce: Workforce, heron: dict[str, Any]
) -> None:
    org = heron["organization_id"]
    for role, claims, status in (
        ("interrupter", {"org": org, "worker": heron["id"]}, 403),
        ("dispatcher", {}, 403),
        ("supervisor", {"org": new_id()}, 404),
        ("supervisor", {"org": org}, 200),
        ("program_office", {}, 200),
    ):
        caller = await workforce.acting(role, **claims)
        for way, what, body in (
            ("PUT", "roles", {"roles": ["scene"]}),
            ("PUT", "profile", {}),
            ("POST", "reactivate", None),
            ("GET", "licences", None),
        ):
            path = f"/v1/interrupters/{heron['id']}/{what}"
            assert (await caller.request(way, path, json=body, headers=ANY)).status_code == status, (role, what)


async def test_who_granted_a_licence_is_kept_and_what_changed_too(workforce: Workforce, heron: dict[str, Any]) -> None:
    office, path = await workforce.acting("program_office", sub="office-7"), f"/v1/interrupters/{heron['id']}/licences"
    brentwood = {"community": "brentwood", "from_day": "2021-01-01", "until_day": "2031-01-01"}
    assert (await office.put(path, json=[PETWORTH, brentwood], headers=ANY)).status_code == 200
    assert (await office.put(path, json=[PETWORTH, brentwood], headers=ANY)).status_code == 200
    assert (await office.put(path, json=[brentwood], headers=ANY)).status_code == 200
    shown = (await (await workforce.supervisor_of(heron)).get(path)).json()
    [kept] = shown["licences"]
    assert (kept["community"], kept["granted_by"], kept["until_day"]) == ("brentwood", "office-7", "2031-01-01")
    assert [(one["change"], one["community"]) for one in shown["changes"]] == [
        ("withdrawn", "petworth"),
        ("granted", "brentwood"),
        ("granted", "petworth"),
    ]
    assert shown["changes"][0]["by"] == "office-7"
    assert "office-7" not in str(await workforce.published())


async def test_a_conflict_of_interest_is_ended_early_once(workforce: Workforce, heron: dict[str, Any]) -> None:
    supervisor = await workforce.supervisor_of(heron)
    path = f"/v1/interrupters/{heron['id']}/conflicts-of-interest"
    body = {"community": "petworth", "reason": "kin", "expires_at": "2031-01-01T00:00:00Z"}
    made = created(await supervisor.post(path, json=body))
    assert (await workforce.as_candidate(heron)).conflicted
    waiting = await workforce.exhausted_dispatch()
    await workforce.is_to_be_reconsidered(waiting)
    ends = [(await supervisor.post(f"{path}/{made['id']}/end")).json()["ended_at"] for _ in range(2)]
    assert ends[0] is not None
    assert ends[0] == ends[1]
    assert not (await workforce.as_candidate(heron)).conflicted
    assert await workforce.is_to_be_reconsidered(waiting)
    assert (await supervisor.post(f"{path}/{new_id()}/end")).status_code == 404
    dispatcher = await workforce.acting("dispatcher")
    assert (await dispatcher.post(f"{path}/{made['id']}/end")).status_code == 403
    assert [one["ended_at"] for one in (await supervisor.get(path)).json()["items"]] == [ends[0]]
