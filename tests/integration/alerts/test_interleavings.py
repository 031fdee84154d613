"""Seeded races of answers, deadlines, endings and the desk, a real sender beside them: no rule is ever broken."""

import pytest

from tests.support.deployment import Deployment
from tests.support.race_ground import races

# `make soak-races` has 20,000 of them.
INTERLEAVINGS = 60
# What wins a race depends on the machine too: they go on until each has won one.
MOST_ROUNDS = 5
EVERYTHING = {"accept", "decline", "expire", "clear", "give_back", "close", "screen_out", "follow", "reassign"}
_DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@pytest.mark.parametrize(("quota", "parallel", "seed"), [(1, 1, 1), (1, 3, 2), (2, 2, 3)])
async def test_racing_answers_deadlines_endings_and_the_desk_break_no_rule(
    deployment: Deployment, quota: int, parallel: int, seed: int
) -> None:
    async with races(deployment, quota=quota, parallel=parallel, seed=seed) as raced:
        for round_ in range(1, MOST_ROUNDS + 1):
            await raced.run(INTERLEAVINGS * round_)
            done = {what for what, outcome in raced.outcomes if outcome == "done"}
            if done >= EVERYTHING:
                break
        async with raced.db.transaction() as tx:
            waited_crosswise = await tx.row(_DEADLOCKS)
    assert waited_crosswise["deadlocks"] == 0
    assert done >= EVERYTHING
