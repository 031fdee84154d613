"""Whether an endpoint can be relied on. One that cannot is still called at once, but nobody waits for it.

It opens after five attempts in a row that failed, over all messages: as many as one urgent message has, so that a phone
that missed one whole question is not relied on for the next. While it is open every message is a probe: the next person
is asked beside it without waiting. One probe that succeeds half-opens it: it is relied on again, a second success
closes it, and a failure opens it at once.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

OPENS_AFTER = 5
# Nothing that the receiver could help.
_OURS = frozenset({"connect_out_of_sockets", "endpoint_disabled"})


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True)
class Breaker:
    """`failures`: attempts in a row. `since`: when it came to this state; None while closed."""

    state: BreakerState = BreakerState.CLOSED
    failures: int = 0
    since: datetime | None = None


def counts(outcome: str) -> bool:
    """Whether an attempt says anything about the receiver."""
    return outcome not in _OURS


def after_attempt(breaker: Breaker, *, delivered: bool, at: datetime) -> Breaker:
    if delivered:
        return Breaker(BreakerState.HALF_OPEN, 0, at) if breaker.state is BreakerState.OPEN else Breaker()
    failures = breaker.failures + 1
    if breaker.state is BreakerState.OPEN:
        return Breaker(BreakerState.OPEN, failures, breaker.since)
    if breaker.state is BreakerState.HALF_OPEN or failures >= OPENS_AFTER:
        return Breaker(BreakerState.OPEN, failures, at)
    return Breaker(BreakerState.CLOSED, failures, None)
