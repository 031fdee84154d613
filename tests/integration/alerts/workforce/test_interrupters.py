"""Interrupters: registered by their own, found by few, and whoever becomes able to be asked wakes what waits."""

from datetime import timedelta
from typing import Any

from shared.kernel.ids import new_id
from tests.integration.alerts.workforce.conftest import HOME, PETWORTH, Workforce, pointers
from tests.support.waiting import eventually

BRENTWOOD = {"community": "brentwood", "from_day": "2021-01-01", "until_day": "2026-01-01"}
REGISTERED = "truce.alerts.worker.registered.v1"
CHANGED = "truce.alerts.worker.changed.v1"
DUTY_CHANGED = "truce.alerts.worker.duty_changed.v1"


async def workers_told(workforce: Workforce) -> list[tuple[str, dict[str, Any]]]:
    return [(kind, body["worker"]) for kind, body in await workforce.published() if ".worker." in kind]


async def test_a_registered_interrupter_is_told_without_a_place(workforce: Workforce) -> None:
    org = (await workforce.organization())["id"]
    chosen = str(new_id())
    heron = await workforce.interrupter(org, id=chosen, call_sign="heron", roles=["family", "scene"], on_duty=True)
    assert (heron["id"], heron["active"], heron["roles"]) == (chosen, True, ["scene", "family"])
    assert heron["whereabouts"] == {"home": HOME, "position": None}
    [told] = await workers_told(workforce)
    assert told == (
        REGISTERED,
        {
            "version": 1,
            "worker_id": chosen,
            "organization_id": org,
            "call_sign": "heron",
            "roles": ["scene", "family"],
            "team_community": "petworth",
            "floater": False,
            "active": True,
            "on_duty": True,
            "licences": [{"community": "petworth", "from_day": "2020-01-01"}],
            "languages": [],
            "employment": "full_time",
        },
    )


async def test_where_somebody_is_goes_to_few_and_on_no_topic(workforce: Workforce) -> None:
    org, other = (await workforce.organization())["id"], (await workforce.organization())["id"]
    heron = await workforce.interrupter(org)
    path = f"/v1/interrupters/{heron['id']}"
    own = await workforce.acting("interrupter", org=org, worker=heron["id"])
    assert (await own.put(f"{path}/location", json={"lat": 38.91, "lon": -77.03})).json() == {"kept": True}

    for role, claims, knows in (
        ("interrupter", {"org": org, "worker": heron["id"]}, True),
        ("supervisor", {"org": org}, True),
        ("dispatcher", {}, True),
        ("program_office", {}, False),
        ("admin", {}, False),
    ):
        caller = await workforce.acting(role, **claims)
        [listed] = (await caller.get("/v1/interrupters")).json()["items"]
        assert listed == (await caller.get(path)).json()
        assert (listed["whereabouts"] is not None) == knows, role
        if knows:
            assert listed["whereabouts"]["position"].items() >= {"lat": 38.91, "lon": -77.03}.items()
    for role, claims in (("supervisor", {"org": other}), ("interrupter", {"org": org, "worker": new_id()})):
        caller = await workforce.acting(role, **claims)
        assert (await caller.get("/v1/interrupters")).json()["items"] == []
        assert (await caller.get(path)).status_code == 404
    everything = str(await workforce.published())
    assert not any(number in everything for number in ("38.9", "77.0", "lat", "lon"))


async def test_a_foreign_interrupter_looks_like_an_unknown_one(workforce: Workforce) -> None:
    ours, theirs = (await workforce.organization())["id"], (await workforce.organization())["id"]
    kestrel = await workforce.interrupter(theirs)
    supervisor = await workforce.acting("supervisor", "interrupter", org=ours, worker=new_id())
    matching = {"If-Match": "*"}
    until = {"community": "petworth", "reason": "kin", "expires_at": "2031-01-01T00:00:00Z"}
    for way, rest, body in (
        ("GET", "", None),
        ("PUT", "/location", {"lat": 1.0, "lon": 1.0}),
        ("PUT", "/duty", {"on_duty": True}),
        ("PUT", "/licences", []),
        ("POST", "/conflicts-of-interest", until),
        ("GET", "/conflicts-of-interest", None),
        ("POST", f"/conflicts-of-interest/{new_id()}/end", None),
        ("GET", "/plan", None),
        ("POST", "/shifts", {"weekday": 1, "from_day": "2026-01-05", "starts": "08:00", "ends": "16:00"}),
        ("POST", f"/shifts/{new_id()}/end", {"until_day": "2026-01-05"}),
        ("POST", f"/duty-overrides/{new_id()}/cancel", None),
        ("PUT", "/roles", {"roles": ["scene"]}),
        ("PUT", "/profile", {}),
        ("POST", "/deactivate", None),
        ("POST", "/reactivate", None),
        ("POST", "/safety-holds", {"reason": "other"}),
        ("GET", "/safety-holds", None),
        ("POST", f"/safety-holds/{new_id()}/end", None),
        ("GET", "/licences", None),
    ):
        foreign, unknown = [
            await supervisor.request(way, f"/v1/interrupters/{who}{rest}", json=body, headers=matching)
            for who in (kestrel["id"], new_id())
        ]
        assert (foreign.status_code, foreign.json()) == (404, unknown.json()), rest
    refused = await supervisor.post("/v1/interrupters", json=workforce.body(theirs))
    unknown = await supervisor.post("/v1/interrupters", json=workforce.body(str(new_id())))
    assert (refused.status_code, refused.json()) == (422, unknown.json())
    assert pointers(refused) == ["/organization_id"]
    assert len(await workers_told(workforce)) == 1


async def test_the_newest_position_is_kept_in_whatever_order_reports_arrive(workforce: Workforce) -> None:
    heron = await workforce.interrupter((await workforce.organization())["id"])
    dispatcher = await workforce.acting("dispatcher")
    path = f"/v1/interrupters/{heron['id']}/location"
    now = await workforce.one("SELECT app_now()")
    for minute, lat, kept in ((30, 38.3, True), (20, 38.2, False), (30, 38.4, False), (40, 38.5, True)):
        at = (now - timedelta(minutes=60 - minute)).isoformat()
        answer = await dispatcher.put(path, json={"lat": lat, "lon": -77, "at": at})
        assert answer.json() == {"kept": kept}, minute
    assert await workforce.one("SELECT position_lat FROM interrupters") == 38.5
    ahead = (now + timedelta(minutes=5)).isoformat()
    refused = await dispatcher.put(path, json={"lat": 38.6, "lon": -77, "at": ahead})
    assert pointers(refused) == ["/at"]
    assert await workforce.one("SELECT version FROM interrupters") == 1


async def test_a_phone_clock_ahead_does_not_hold_back_later_reports(workforce: Workforce) -> None:
    heron = await workforce.interrupter((await workforce.organization())["id"])
    dispatcher, path = await workforce.acting("dispatcher"), f"/v1/interrupters/{heron['id']}/location"
    ahead = await workforce.one("SELECT app_now() + interval '90 seconds'")
    await dispatcher.put(path, json={"lat": 38.1, "lon": -77, "at": ahead.isoformat()})
    assert await workforce.one("SELECT position_at < clock_timestamp() FROM interrupters")
    assert (await dispatcher.put(path, json={"lat": 38.2, "lon": -77})).json() == {"kept": True}


async def test_coming_on_duty_counts_once_from_when_it_was_first_said(workforce: Workforce) -> None:
    org = (await workforce.organization())["id"]
    heron = await workforce.interrupter(org)
    own = await workforce.acting("interrupter", worker=heron["id"])
    path, since = f"/v1/interrupters/{heron['id']}/duty", [heron["available_since"]]
    for on_duty in (True, True, False, False, True):
        await workforce.deployment.advance(minutes=5)
        answer = await own.put(path, json={"on_duty": on_duty})
        assert (answer.status_code, answer.json()["on_duty"]) == (200, on_duty)
        since.append(answer.json()["available_since"])
    assert since[0] < since[1] == since[2] == since[3] == since[4] < since[5]
    told = await workers_told(workforce)
    assert [kind for kind, _ in told] == [REGISTERED, DUTY_CHANGED, DUTY_CHANGED, DUTY_CHANGED]
    assert [(worker["version"], worker["on_duty"]) for _, worker in told] == [
        (1, False),
        (2, True),
        (3, False),
        (4, True),
    ]


async def test_licences_are_replaced_once_by_whoever_has_seen_them(workforce: Workforce) -> None:
    org = (await workforce.organization())["id"]
    heron = await workforce.interrupter(org)
    path = f"/v1/interrupters/{heron['id']}/licences"
    supervisor, office = await workforce.acting("supervisor", org=org), await workforce.acting("program_office")
    assert (await office.put(path, json=[BRENTWOOD])).status_code == 428
    changed = await supervisor.put(path, json=[PETWORTH, BRENTWOOD], headers={"If-Match": '"1"'})
    assert (changed.json()["licences"], changed.headers["etag"]) == ([BRENTWOOD, PETWORTH], '"2"')
    assert (await office.put(path, json=[], headers={"If-Match": '"1"'})).status_code == 412
    assert (await office.put(path, json=[BRENTWOOD, PETWORTH], headers={"If-Match": '"2"'})).json()["version"] == 2
    told = await workers_told(workforce)
    assert [kind for kind, _ in told] == [REGISTERED, CHANGED]
    assert [licence["community"] for licence in told[-1][1]["licences"]] == ["brentwood", "petworth"]


async def test_whoever_becomes_able_to_be_asked_wakes_what_nobody_was_left_for(workforce: Workforce) -> None:
    org = (await workforce.organization())["id"]
    waiting = await workforce.exhausted_dispatch()
    heron = await workforce.interrupter(org)
    assert await workforce.is_to_be_reconsidered(waiting)
    own = await workforce.acting("interrupter", org=org, worker=heron["id"])
    office, path = await workforce.acting("program_office"), f"/v1/interrupters/{heron['id']}"
    await own.put(f"{path}/duty", json={"on_duty": True})
    assert await workforce.is_to_be_reconsidered(waiting)
    await office.put(f"{path}/licences", json=[], headers={"If-Match": "*"})
    assert await workforce.is_to_be_reconsidered(waiting)
    owner = {"kind": "interrupter", "id": heron["id"]}
    await own.post("/v1/webhook-endpoints", json={"owner": owner, "url": "http://127.0.0.1:9/phone"})
    assert await workforce.is_to_be_reconsidered(waiting)
    await own.put(f"{path}/duty", json={"on_duty": False})
    await own.put(f"{path}/location", json=HOME)
    assert not await workforce.is_to_be_reconsidered(waiting)


UNKEEPABLE: list[tuple[dict[str, Any], str]] = [
    ({"call_sign": "Heron One"}, "/call_sign"),
    ({"call_sign": "heron\u0000"}, "/call_sign"),
    ({"roles": []}, "/roles"),
    ({"roles": ["driver"]}, "/roles/0"),
    ({"team_community": None}, "/team_community"),
    ({"floater": 1}, "/floater"),
    ({"on_duty": "yes"}, "/on_duty"),
    ({"home": {"lat": 91, "lon": 0}}, "/home/lat"),
    ({"home": {"lat": 38.9, "lon": "-77"}}, "/home/lon"),
    ({"home": {"lat": 38.9}}, "/home/lon"),
    ({"home": HOME | {"alt": 3}}, "/home/alt"),
    ({"licences": [PETWORTH, PETWORTH]}, "/licences/1/from_day"),
    ({"available_since": "2020-01-01T00:00:00Z"}, "/available_since"),
    ({"active": False}, "/active"),
]


async def test_an_interrupter_who_cannot_be_kept_names_the_field_and_leaves_nothing(workforce: Workforce) -> None:
    org = (await workforce.organization())["id"]
    supervisor = await workforce.acting("supervisor", org=org)
    for change, pointer in UNKEEPABLE:
        answer = await supervisor.post("/v1/interrupters", json=workforce.body(org, **change))
        assert (answer.status_code, pointers(answer)) == (422, [pointer]), change
    assert await workforce.one("SELECT count(*) FROM interrupters") == 0
    assert await workers_told(workforce) == []


async def test_a_taken_call_sign_or_id_is_refused(workforce: Workforce) -> None:
    org = (await workforce.organization())["id"]
    heron = await workforce.interrupter(org, call_sign="heron")
    supervisor = await workforce.acting("supervisor", org=org)
    for change in ({"call_sign": "heron"}, {"id": heron["id"]}):
        answer = await supervisor.post("/v1/interrupters", json=workforce.body(org, **change))
        assert answer.status_code == 409
    assert len(await workers_told(workforce)) == 1


async def test_the_topic_has_the_events_in_the_order_of_their_versions(workforce: Workforce) -> None:
    org = (await workforce.organization())["id"]
    heron = await workforce.interrupter(org)
    own = await workforce.acting("interrupter", worker=heron["id"])
    for on_duty in (True, False):
        await own.put(f"/v1/interrupters/{heron['id']}/duty", json={"on_duty": on_duty})
    await workforce.deployment.start("alerts", "stream")

    async def all_told() -> bool:
        told = await workforce.deployment.events("alerts.workers")
        return [(kind, body["worker"]["version"]) for kind, body in told] == [
            (REGISTERED, 1),
            (DUTY_CHANGED, 2),
            (DUTY_CHANGED, 3),
        ]

    await eventually(all_told)
