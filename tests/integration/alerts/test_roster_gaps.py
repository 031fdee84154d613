"""Gaps in a roster as the engine looks for them: told in time, by day, once, and over when somebody is planned."""

from datetime import timedelta
from typing import Any

import pytest

from services.alerts.usecases.duty.watch_rosters import watch_rosters
from services.alerts.usecases.paging.follow_own_alarm import follow_own_alarm
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.planning import Planner, quiet_hours
from tests.support.world import OAK_STREET

HOUR = timedelta(hours=1)
_ALDER = "INSERT INTO communities (area_id, version, name) VALUES ('alder', 1, 'Alder')"


@pytest.fixture(autouse=True)
async def alder(alone: AlertsAlone) -> None:
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run(_ALDER)


async def looks(alone: AlertsAlone) -> list[Any]:
    """The engine looks at every roster anew; returns what has been paged so far."""
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("UPDATE communities SET roster_looked_at = NULL")
    for job in (watch_rosters, follow_own_alarm):
        while await alone.world.alerts_db.retrying(job):
            pass
    async with alone.world.alerts_db.transaction() as tx:
        return [row["state"] for row in await tx.rows("SELECT state FROM pages WHERE subject LIKE '%/roster_gap/%'")]


async def gaps(alone: AlertsAlone) -> list[Any]:
    headers = alone.world.bearer("dispatcher")
    [alder] = (await alone.world.alerts.get("/v1/readiness?days=2", headers=headers)).json()["items"]
    return list(alder["roles"][0]["gaps"])


async def test_a_gap_waits_through_the_quiet_hours_is_told_once_and_is_over_when_somebody_is_planned(
    alone: AlertsAlone,
) -> None:
    heron = await alone.world.on_duty("heron", km=0.4, duty=False)
    planner = Planner(alone.world, OAK_STREET)
    now = await planner.now()
    night = quiet_hours(now - HOUR, now + 2 * HOUR, "roster_gap")
    await alone.world.asks(roster_ahead_days=2, quiet_hours=night)
    begins = now.replace(second=0, microsecond=0) - HOUR
    await planner.shift(heron, begins, hours=8)
    [gap] = await gaps(alone)
    assert gap["ends"] is None
    assert await looks(alone) == []
    await alone.world.deployment.advance(hours=2)
    assert await looks(alone) == ["open"]
    assert await looks(alone) == ["open"]
    kestrel = await alone.world.on_duty("kestrel", km=1.0, duty=False)
    for day in range(3):
        await planner.shift(kestrel, begins + timedelta(days=day), hours=24)
    assert (await gaps(alone), await looks(alone)) == ([], ["cleared"])


async def test_a_community_that_has_ended_has_no_roster_any_more(alone: AlertsAlone) -> None:
    heron = await alone.world.on_duty("heron", km=0.4, duty=False)
    planner = Planner(alone.world, OAK_STREET)
    now = await planner.now()
    await alone.world.asks(roster_ahead_days=2)
    await planner.shift(heron, now.replace(second=0, microsecond=0) - HOUR, hours=8)
    assert (await looks(alone), len(await gaps(alone))) == (["open"], 1)
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("UPDATE communities SET retired_on = :day", day=now.date() + timedelta(days=2))
    assert (await looks(alone), len(await gaps(alone))) == (["open"], 1), "it has not ended yet"
    await alone.world.deployment.advance(hours=72)
    assert await looks(alone) == ["cleared"]
    listed = await alone.world.alerts.get("/v1/readiness", headers=alone.world.bearer("dispatcher"))
    assert listed.json()["items"] == []


async def test_where_nobody_has_shifts_no_gap_is_judged(alone: AlertsAlone) -> None:
    await alone.world.on_duty("heron", duty=False)
    await alone.world.asks(roster_ahead_days=2)
    assert (await looks(alone), await gaps(alone)) == ([], [])
