"""Looking at the crime feed without end: one line for each look, and growing pauses while something is away."""

import asyncio
from collections.abc import Callable

from services.intake.feeds.door import CannotReach
from services.intake.feeds.feed_state import StateUnusable
from services.intake.feeds.poll_crime import CrimePoller, FeedAway, pause_s

AWAY = (FeedAway, CannotReach, StateUnusable)
"""What makes a look a failed one."""

Say = Callable[[str], None]


async def poll_for_ever(poller: CrimePoller, every_s: float, say: Say) -> None:
    failures = 0
    while True:
        failures, wait_s = await look_and_say(poller, every_s, failures, say)
        await asyncio.sleep(wait_s)


async def look_once(poller: CrimePoller, say: Say) -> bool:
    """False if something was away; there is no next look."""
    try:
        say((await poller.look()).told())
    except AWAY as away:
        say(f"failed: {away}")
        return False
    return True


async def look_and_say(poller: CrimePoller, every_s: float, failures: int, say: Say) -> tuple[int, float]:
    """Failures in a row so far, this look included, and seconds until the next look."""
    try:
        say((await poller.look()).told())
    except AWAY as away:
        wait_s = pause_s(every_s, failures + 1, away.retry_after_s if isinstance(away, FeedAway) else 0.0)
        say(f"failed: {away}; next look in {wait_s:g} s")
        return failures + 1, wait_s
    return 0, every_s
