"""A short run with mixed faults; longer ones, and planted defects that must be seen, are `make chaos`, see README.md.

The run starts a stack of its own; its rate is that of a machine that does other things at the same time.
"""

from pathlib import Path

import pytest

from tests.chaos.outcome import concluded
from tests.chaos.rounds import Plan, run_once
from tests.chaos.selections import SELECTIONS


@pytest.mark.timeout(300)
async def test_processes_broker_and_database_die_and_no_promise_is_broken(tmp_path: Path) -> None:
    plan = Plan(3, "short", SELECTIONS["short"], 15, rate_per_s=15, pages_share=0.1, people=36, least_faults=3)
    outcome = concluded(plan, tmp_path, await run_once(plan, tmp_path))
    assert outcome.measured.faults.total() >= 3
    assert outcome.calls["report", "ok"] > 100
    assert outcome.calls["accept", "ok"] > 5
    assert outcome.broken == ()
    assert [str(one) for verdict in outcome.verdicts for one in verdict.violations] == []
