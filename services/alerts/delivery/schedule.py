"""When a delivery is tried again: two classes, as data.

An urgent message (offer, page) is worth seconds: it is tried five times within eight seconds, then it is dead, for
by then somebody else has been asked. A durable message (notice) is tried ten times over a day.

A receiver's `Retry-After` moves an attempt later, never earlier, and never by more than its class can bear: a
page waits at most 8 s for it, a notice at most 24 h. Longer demands are cut to that, not obeyed and not ignored.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

_JITTER_SHARE = 0.2


class DeliveryClass(StrEnum):
    URGENT = "urgent"
    DURABLE = "durable"


@dataclass(frozen=True, slots=True)
class Schedule:
    offsets: tuple[timedelta, ...]  # of each attempt from the first one
    timeout: timedelta  # of one attempt
    longest_retry_after: timedelta


SCHEDULES = {
    DeliveryClass.URGENT: Schedule(
        offsets=tuple(timedelta(seconds=second) for second in (0, 1, 2, 4, 8)),
        timeout=timedelta(seconds=3),
        longest_retry_after=timedelta(seconds=8),
    ),
    DeliveryClass.DURABLE: Schedule(
        offsets=(
            timedelta(0),
            timedelta(seconds=5),
            timedelta(minutes=5),
            timedelta(minutes=30),
            *(timedelta(hours=hour) for hour in (2, 5, 10, 14, 20, 24)),
        ),
        timeout=timedelta(seconds=15),
        longest_retry_after=timedelta(hours=24),
    ),
}


def attempt_timeout(delivery_class: DeliveryClass) -> timedelta:
    return SCHEDULES[delivery_class].timeout


def next_attempt_in(
    delivery_class: DeliveryClass, attempts_made: int, retry_after: timedelta | None, jitter: float
) -> timedelta | None:
    """How long after the *start* of the latest attempt the next one is due; None: the delivery is dead.

    An attempt that took longer than this is followed at once. `jitter` is a random number in [-1, 1] that moves
    the scheduled wait by up to 20 %; a wait that the receiver asked for is only ever lengthened by it.
    """
    if attempts_made < 0 or not -1 <= jitter <= 1:
        raise ValueError("attempts are counted from 0 and jitter lies in [-1, 1]")
    schedule = SCHEDULES[delivery_class]
    if attempts_made >= len(schedule.offsets):
        return None
    if attempts_made == 0:
        return timedelta(0)
    scheduled = schedule.offsets[attempts_made] - schedule.offsets[attempts_made - 1]
    wait = scheduled * (1 + _JITTER_SHARE * jitter)
    if retry_after is None:
        return wait
    demanded = min(max(retry_after, timedelta(0)), schedule.longest_retry_after)
    return max(wait, demanded * (1 + _JITTER_SHARE * abs(jitter)))
