"""What protects people: where they are is forgotten, a hold keeps them at home, and a week has so many hours."""

from datetime import timedelta
from typing import Any

from services.alerts.domain.visibility import Viewer
from services.alerts.queries.planned_duty import planned_duty
from services.alerts.usecases.programme.load_policy import load_policy
from services.alerts.usecases.workforce.end_safety_hold import end_overdue_hold
from services.alerts.usecases.workforce.forget_old_positions import forget_old_positions
from shared.kernel.ids import new_id
from tests.integration.alerts.workforce.conftest import Workforce, created, pointers


async def test_a_position_is_coarse_off_duty_and_gone_after_a_day(workforce: Workforce, heron: dict[str, Any]) -> None:
    own, path = await workforce.acting("interrupter", worker=heron["id"]), f"/v1/interrupters/{heron['id']}"
    stored = "SELECT position_lat, position_lon FROM interrupters"
    assert (await own.put(f"{path}/location", json={"lat": 38.91234, "lon": -77.03456})).json() == {"kept": True}
    assert await workforce.all(stored) == [{"position_lat": 38.91234, "position_lon": -77.03456}]
    await own.put(f"{path}/duty", json={"on_duty": False})
    assert await workforce.all(stored) == [{"position_lat": 38.91, "position_lon": -77.03}]
    await own.put(f"{path}/location", json={"lat": 38.95678, "lon": -77.01234})
    assert await workforce.all(stored) == [{"position_lat": 38.96, "position_lon": -77.01}]
    await workforce.deployment.advance(hours=23, minutes=58)
    await workforce.db.retrying(forget_old_positions)
    assert await workforce.one("SELECT position_at IS NOT NULL FROM interrupters")
    await workforce.deployment.advance(minutes=2)
    await workforce.db.retrying(forget_old_positions)
    assert await workforce.all("SELECT position_lat, position_lon, position_at FROM interrupters") == [
        {"position_lat": None, "position_lon": None, "position_at": None}
    ]


async def test_a_safety_hold_is_for_those_who_may_have_to_act(workforce: Workforce, heron: dict[str, Any]) -> None:
    org, path = heron["organization_id"], f"/v1/interrupters/{heron['id']}"
    for role, claims, status in (
        ("interrupter", {"org": org, "worker": heron["id"]}, 403),
        ("program_office", {}, 403),
        ("supervisor", {"org": new_id()}, 404),
        ("supervisor", {"org": org}, 201),
        ("dispatcher", {}, 201),
    ):
        caller = await workforce.acting(role, **claims)
        placed = await caller.post(f"{path}/safety-holds", json={"reason": "threatened"})
        assert placed.status_code == status, role
        listed = await caller.get(f"{path}/safety-holds")
        assert listed.status_code == (200 if status == 201 else status)
        if status != 404:
            assert (await caller.get(path)).json()["held"] is (True if status == 201 else None)
        if status == 201:
            again = await caller.post(f"{path}/safety-holds", json={"reason": "injured"})
            assert (again.status_code, again.json()["state"]) == (409, "held")
            hold = placed.json()["id"]
            ends = [(await caller.post(f"{path}/safety-holds/{hold}/end")).json() for _ in range(2)]
            assert ends[0] == ends[1]
            assert (await caller.get(path)).json()["held"] is False
    assert (await caller.post(f"{path}/safety-holds/{new_id()}/end")).status_code == 404
    assert "threatened" not in str(await workforce.published())


async def test_a_safety_hold_ends_by_itself_when_its_time_is_over(workforce: Workforce, heron: dict[str, Any]) -> None:
    supervisor, path = await workforce.supervisor_of(heron), f"/v1/interrupters/{heron['id']}/safety-holds"
    until = (await workforce.one("SELECT app_now() + interval '2 hours'")).isoformat()
    created(await supervisor.post(path, json={"reason": "exposure", "until": until}))
    for hours, held in ((1, True), (1, False)):
        await workforce.deployment.advance(hours=hours)
        while await workforce.db.retrying(end_overdue_hold):
            pass
        assert await workforce.one("SELECT held FROM interrupters") is held
    [hold] = (await supervisor.get(path)).json()["items"]
    assert (hold["ended_by"], hold["ended_at"] is not None) == (None, True)


async def test_a_hold_that_cannot_be_placed_names_its_field(workforce: Workforce, heron: dict[str, Any]) -> None:
    supervisor, path = await workforce.supervisor_of(heron), f"/v1/interrupters/{heron['id']}/safety-holds"
    for change, pointer in (
        ({"reason": "his brother was shot"}, "/reason"),
        ({"until": "2020-01-01T00:00:00Z"}, "/until"),
        ({"until": "2031-01-01T00:00:00"}, "/until"),
        ({"until": "9999-12-31T23:59:59-14:00"}, "/until"),
        ({"note": "text"}, "/note"),
    ):
        answer = await supervisor.post(path, json={"reason": "injured"} | change)
        assert (answer.status_code, pointers(answer)) == (422, [pointer]), change
        assert "brother" not in answer.text
    assert await workforce.one("SELECT count(*) FROM safety_holds") == 0
    assert not await workforce.one("SELECT held FROM interrupters")


async def test_a_decision_reads_the_hours_that_were_worked(workforce: Workforce, heron: dict[str, Any]) -> None:
    """Over two weeks, against the function that adds them up."""
    async with workforce.db.transaction() as tx:
        await load_policy(tx, "p", {"time_zone": "America/New_York"})
    own, path = await workforce.acting("interrupter", worker=heron["id"]), f"/v1/interrupters/{heron['id']}/duty"
    for number in range(60):
        await workforce.deployment.advance(hours=7)
        read = await workforce.as_candidate(heron)
        async with workforce.db.transaction() as tx:
            plan = await planned_duty(tx, Viewer(dispatches=True), heron["id"])
        assert abs(timedelta(seconds=read.worked_s) - plan.worked) < timedelta(seconds=30)
        await own.put(path, json={"on_duty": number % 3 == 0})
    assert await workforce.one("SELECT max(week_worked_s) FROM interrupters") > 7 * 3600
