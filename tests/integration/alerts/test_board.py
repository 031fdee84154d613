"""The board with ten thousand dispatches behind it: every way in is read by an index, and a page is there at once."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from services.alerts.queries.board import Wanted, page_statement
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import DispatchState
from shared.persistence.transaction import Transaction
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.world import OAK_STREET

MANY = 10_000
LIVE = (DispatchState.OPEN, DispatchState.STAFFED, DispatchState.EXHAUSTED)
_FILL = """
INSERT INTO dispatches (incident_id, version, state, community, incident, incident_version, policy_name, policy_version,
                        policy, activated_at, opened_at, exhausted_count, exhausted_roles, closed_at)
SELECT gen_random_uuid(), 9, CASE WHEN n % 500 = 0 THEN 'open' ELSE 'closed' END,
       CASE WHEN n % 40 = 0 THEN 'alder' ELSE 'birch' END,
       jsonb_set(d.incident, '{exercise}', to_jsonb(n % 300 = 0)), 2, d.policy_name, d.policy_version, d.policy,
       app_now() - n * interval '1 hour', app_now() - n * interval '1 hour', 0, '{}',
       CASE WHEN n % 500 <> 0 THEN app_now() END
FROM generate_series(1, :many) n, dispatches d
"""
_OFFERS = """
INSERT INTO offers (id, incident_id, role, interrupter_id, tier, distance_m, state, made_at, undelivered_by,
                    acknowledge_by, accept_by, settled_at)
SELECT gen_random_uuid(), d.incident_id, 'scene', i.id, 'team', 100, 'expired', d.opened_at, d.opened_at, d.opened_at,
       d.opened_at, d.opened_at
FROM dispatches d, interrupters i, generate_series(1, 3)
"""


async def filled(alone: AlertsAlone) -> None:
    await alone.world.on_duty("heron", duty=False)
    await alone.incident()
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run(_FILL, many=MANY)
        await tx.run(_OFFERS)
    async with alone.world.alerts_db.transaction() as tx:
        await tx.run("ANALYZE dispatches, offers, interrupters")


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from steps(inner)


async def touched(tx: Transaction, wanted: Wanted) -> float:
    """How many dispatches were looked at for a page of fifty."""
    statement, parameters = page_statement(wanted, None, 50)
    [row] = await tx.rows(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", **parameters)
    plan = next(iter(row.values()))[0]["Plan"]
    scans = [step for step in steps(plan) if step.get("Relation Name") == "dispatches"]
    return sum(step["Actual Rows"] + step.get("Rows Removed by Filter", 0) for step in scans)


@pytest.mark.parametrize(
    ("wanted", "at_most"),
    [
        (Wanted(), 50),
        (Wanted(states=LIVE), 50),
        (Wanted(community="alder"), 250),
        (Wanted(exercise=True), 50),
        (Wanted(exercise=False), 60),
        (Wanted(states=LIVE, community="alder"), 260),
    ],
)
async def test_a_page_looks_at_few_of_ten_thousand(alone: AlertsAlone, wanted: Wanted, at_most: int) -> None:
    await filled(alone)
    async with alone.world.alerts_db.transaction() as tx:
        assert await touched(tx, wanted) <= at_most


async def test_a_page_of_ten_thousand_is_there_at_once(alone: AlertsAlone) -> None:
    await filled(alone)
    dispatcher = alone.world.bearer("dispatcher")
    supervisor = alone.world.bearer("supervisor", org=OAK_STREET)
    stranger = alone.world.bearer("supervisor", org=new_id())
    for headers, query in (
        (dispatcher, "limit=200"),
        (dispatcher, "state=open&state=staffed&state=exhausted"),
        (supervisor, "mine=true"),
        (stranger, "mine=true"),
    ):
        took = []
        for _ in range(5):
            began = time.perf_counter()
            answer = await alone.world.alerts.get(f"/v1/dispatches?{query}", headers=headers)
            took.append(time.perf_counter() - began)
            assert answer.status_code == 200
        assert min(took) < 0.5, f"{query}: {len(answer.json()['items'])} lines in {min(took) * 1000:.1f} ms"
