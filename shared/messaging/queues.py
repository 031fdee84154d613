"""What a service's `status` tells beside what it tells of every service: queues of its own."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from shared.persistence.transaction import Transaction


@dataclass(frozen=True)
class QueueState:
    """A further queue of one service. `is_wrong`: a person should look at it."""

    name: str
    count: int
    oldest_s: float
    is_wrong: bool


MoreQueues = Callable[[Transaction], Awaitable[Sequence[QueueState]]]


async def no_more_queues(_: Transaction) -> Sequence[QueueState]:
    return ()
