"""Duty follows what is planned, at every boundary once and never early; and the person's own word comes before it."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.alerts.usecases.duty.follow_shifts import follow_shifts
from shared.kernel.ids import new_id
from tests.integration.alerts.workforce.conftest import Workforce, created, pointers
from tests.support.planning import dated, next_change, weekly, whole_minute

HOUR = timedelta(hours=1)
# Business time goes on while a test works.
SHORTLY = timedelta(minutes=1)
DUTY_CHANGED = "truce.alerts.worker.duty_changed.v1"


async def plans(workforce: Workforce, person: dict[str, Any], what: str, **body: Any) -> dict[str, Any]:
    supervisor = await workforce.acting("supervisor", org=person["organization_id"])
    return created(await supervisor.post(f"/v1/interrupters/{person['id']}/{what}", json=body))


async def at(workforce: Workforce, moment: datetime) -> None:
    """Moves the clock there and lets the engine do what is due."""
    await workforce.deployment.advance(seconds=(moment - await workforce.now()).total_seconds())
    while await workforce.db.retrying(follow_shifts):
        pass


async def on_duty(workforce: Workforce, person: dict[str, Any]) -> bool:
    return bool(await workforce.one("SELECT on_duty FROM interrupters WHERE id = :id", id=person["id"]))


async def told(workforce: Workforce) -> list[bool]:
    return [body["worker"]["on_duty"] for kind, body in await workforce.published() if kind == DUTY_CHANGED]


async def test_duty_begins_and_ends_with_the_shift_and_not_earlier(planned: Workforce) -> None:
    heron = await planned.somebody()
    begins = whole_minute(await planned.now()) + HOUR
    await plans(planned, heron, "shifts", **dated(begins, begins + 2 * HOUR))
    forget_requests = "DELETE FROM reconsideration_requests RETURNING id"
    await planned.all(forget_requests)
    for moment, is_on in (
        (begins - SHORTLY, False),
        (begins, True),
        (begins + 2 * HOUR - SHORTLY, True),
        (begins + 2 * HOUR, False),
    ):
        await at(planned, moment)
        assert await on_duty(planned, heron) == is_on, moment
        assert len(await planned.all(forget_requests)) == (moment == begins)
    assert await told(planned) == [True, False]
    [span] = await planned.all("SELECT ended_at - began_at AS lasted FROM duty_spans")
    assert abs(span["lasted"] - 2 * HOUR) < SHORTLY
    assert await planned.one("SELECT version FROM interrupters") == 3


@pytest.mark.parametrize(("forward", "lasts"), [(True, 7), (False, 9)])
async def test_a_night_shift_keeps_its_local_times_when_the_clock_is_changed(
    planned: Workforce, forward: bool, lasts: int
) -> None:
    heron = await planned.somebody()
    change = next_change(await planned.now() + timedelta(days=1), forward=forward)
    begins = change - 4 * HOUR
    await plans(planned, heron, "shifts", **weekly(begins, change + (3 if forward else 5) * HOUR))
    plan = (await (await planned.acting("dispatcher")).get(f"/v1/interrupters/{heron['id']}/plan")).json()
    assert (plan["shifts"][0]["starts"], plan["shifts"][0]["ends"]) == ("22:00", "06:00")
    for moment, is_on in (
        (begins - SHORTLY, False),
        (begins, True),
        (begins + lasts * HOUR - SHORTLY, True),
        (begins + lasts * HOUR, False),
    ):
        await at(planned, moment)
        assert await on_duty(planned, heron) == is_on, moment


async def test_ones_own_word_wins_until_the_end_of_the_shift_or_gap_in_which_it_is_said(planned: Workforce) -> None:
    heron = await planned.somebody()
    own = await planned.acting("interrupter", worker=heron["id"])
    begins = whole_minute(await planned.now()) + HOUR
    await plans(planned, heron, "shifts", **weekly(begins, begins + 4 * HOUR))
    saying = {"goes off": False, "comes on": True}
    for moment, says, is_on in (
        (begins + HOUR, "goes off", False),
        (begins + 3 * HOUR, "", False),
        (begins + 4 * HOUR, "", False),
        (begins + 5 * HOUR, "comes on", True),
        (begins + timedelta(days=7, hours=-1), "", True),
        (begins + timedelta(days=7), "", True),
        (begins + timedelta(days=7, hours=4), "", False),
        (begins + timedelta(days=14, hours=1), "", True),
    ):
        await at(planned, moment)
        if says:
            path = f"/v1/interrupters/{heron['id']}/duty"
            assert (await own.put(path, json={"on_duty": saying[says]})).status_code == 200
        assert await on_duty(planned, heron) == is_on, moment
    assert await told(planned) == [True, False, True, False, True]


async def test_an_extra_shift_and_an_absence_count_at_once_and_until_they_are_called_off(planned: Workforce) -> None:
    heron = await planned.somebody()
    begins = await planned.now() - HOUR
    hours = {"begins_at": begins.isoformat(), "ends_at": (begins + 9 * HOUR).isoformat()}
    supervisor = await planned.acting("supervisor", org=heron["organization_id"])
    extra = await plans(planned, heron, "duty-overrides", kind="extra", **hours)
    assert await on_duty(planned, heron)
    absence = await plans(planned, heron, "duty-overrides", kind="absence", **hours)
    assert not await on_duty(planned, heron)
    path = f"/v1/interrupters/{heron['id']}/duty-overrides"
    for _ in range(2):
        assert (await supervisor.post(f"{path}/{absence['id']}/cancel")).status_code == 200
        assert await on_duty(planned, heron)
    assert (await supervisor.post(f"{path}/{extra['id']}/cancel")).status_code == 200
    assert not await on_duty(planned, heron)
    assert (await supervisor.post(f"{path}/{new_id()}/cancel")).status_code == 404
    assert await told(planned) == [True, False, True, False]


async def test_a_shift_that_is_ended_comes_no_more(planned: Workforce) -> None:
    heron = await planned.somebody()
    begins = whole_minute(await planned.now()) + HOUR
    body = weekly(begins, begins + 2 * HOUR)
    shift = await plans(planned, heron, "shifts", **body)
    supervisor = await planned.acting("supervisor", org=heron["organization_id"])
    path = f"/v1/interrupters/{heron['id']}/shifts"
    too_early = {"until_day": "2020-01-01"}
    assert pointers(await supervisor.post(f"{path}/{shift['id']}/end", json=too_early)) == ["/until_day"]
    called_off = {"until_day": body["from_day"]}
    for _ in range(2):
        ended = await supervisor.post(f"{path}/{shift['id']}/end", json=called_off)
        assert (ended.status_code, ended.json()["until_day"]) == (200, body["from_day"])
    later = {"until_day": "2060-01-01"}
    assert pointers(await supervisor.post(f"{path}/{shift['id']}/end", json=later)) == ["/until_day"]
    assert (await supervisor.post(f"{path}/{new_id()}/end", json=called_off)).status_code == 404
    await at(planned, begins + HOUR)
    assert not await on_duty(planned, heron)
    assert await told(planned) == []


async def test_several_engines_at_once_change_everybody_once(planned: Workforce) -> None:
    org = (await planned.organization())["id"]
    people = [await planned.interrupter(org) for _ in range(30)]
    begins = whole_minute(await planned.now()) + HOUR
    for person in people:
        await plans(planned, person, "shifts", **dated(begins, begins + HOUR))
    for moment in (begins, begins + HOUR):
        await planned.deployment.advance(seconds=(moment - await planned.now()).total_seconds())
        await asyncio.gather(*(planned.db.retrying(follow_shifts) for _ in range(12)))
        await at(planned, moment)
    changes = [
        (body["worker"]["worker_id"], body["worker"]["on_duty"])
        for kind, body in await planned.published()
        if kind == DUTY_CHANGED
    ]
    assert sorted(changes) == sorted((person["id"], on) for person in people for on in (True, False))
    assert await planned.one("SELECT count(*) FROM duty_spans WHERE ended_at IS NOT NULL") == 30
