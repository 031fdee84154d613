"""The queues of incidents that wait for a person: what is in each, how much, and since when.

Each is a condition on the database's clock at the moment of reading, so that nothing has to be moved in or out of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from services.intake.queries import told_otherwise
from services.intake.queries.possible_duplicates import IN_QUEUE, IN_QUEUE_SINCE
from shared.messaging.queues import QueueState
from shared.persistence.transaction import Row, Transaction


class Queue(StrEnum):
    """`needs_dispatcher`: nobody has decided yet, and somebody may still be paged for it. `needs_verification`: it is
    open, and after the programme's patience only sources tell of it whose word alone does not count.
    `possible_duplicates`: it may be the same as another. `unscreened`: nobody has decided, however old it is.
    `withdrawn`: it is open, and a source has taken back what it reported. `told_otherwise`: a person turned it away,
    and a report has since made it a graver event.
    """

    NEEDS_DISPATCHER = "needs_dispatcher"
    NEEDS_VERIFICATION = "needs_verification"
    POSSIBLE_DUPLICATES = "possible_duplicates"
    UNSCREENED = "unscreened"
    WITHDRAWN = "withdrawn"
    TOLD_OTHERWISE = "told_otherwise"


# SQL over the rows of `incidents`, and since when one of them waits.
CONDITIONS: Mapping[Queue, str] = MappingProxyType(
    {
        Queue.NEEDS_DISPATCHER: "state IN ('reported', 'verified') AND activatable_until >= app_now()",
        Queue.NEEDS_VERIFICATION: "verification = 'unverified' AND state IN ('reported', 'verified', 'activated') "
        "AND verify_by <= app_now()",
        Queue.POSSIBLE_DUPLICATES: IN_QUEUE,
        Queue.UNSCREENED: "state IN ('reported', 'verified')",
        Queue.WITHDRAWN: "state IN ('reported', 'verified', 'activated') "
        "AND id IN (SELECT incident_id FROM standing_withdrawals)",
        Queue.TOLD_OTHERWISE: told_otherwise.IN_QUEUE,
    }
)
_SINCE = {
    Queue.NEEDS_DISPATCHER: "opened_at",
    Queue.NEEDS_VERIFICATION: "verify_by",
    Queue.POSSIBLE_DUPLICATES: IN_QUEUE_SINCE,
    Queue.UNSCREENED: "opened_at",
    Queue.WITHDRAWN: "(SELECT min(withdrawn_at) FROM standing_withdrawals WHERE incident_id = incidents.id)",
    Queue.TOLD_OTHERWISE: told_otherwise.IN_QUEUE_SINCE,
}
_STANDS = " UNION ALL ".join(
    f"SELECT '{queue}' AS queue, count(*) FILTER (WHERE NOT exercise) AS count, "  # noqa: S608 - constants
    f"count(*) FILTER (WHERE exercise) AS exercises, "
    f"extract(epoch FROM app_now() - min({_SINCE[queue]}) FILTER (WHERE NOT exercise)) AS oldest_s "
    f"FROM incidents WHERE {condition} AND (:restricted OR NOT restricted)"
    for queue, condition in CONDITIONS.items()
)
_ANY = {
    queue: f"SELECT EXISTS (SELECT FROM incidents WHERE {condition} AND NOT exercise) AS found"  # noqa: S608 - constants
    for queue, condition in CONDITIONS.items()
}


@dataclass(frozen=True, slots=True)
class QueueStands:
    """Exercises are told apart: they make no queue longer. `oldest_s`: None where nothing waits."""

    queue: Queue
    count: int
    exercises: int
    oldest_s: float | None


async def read_queues(tx: Transaction, *, restricted: bool) -> list[QueueStands]:
    """`restricted`: those are counted too."""
    return [_stands(row) for row in await tx.rows(_STANDS, restricted=restricted)]


async def anything_waits(tx: Transaction, queue: Queue) -> bool:
    """Exercises are in the queue, and nobody is told of them."""
    return bool((await tx.row(_ANY[queue]))["found"])


async def tell_queues(tx: Transaction) -> Sequence[QueueState]:
    """For `status`. What has waited beyond its time is wrong; that something is to be decided or looked at is not."""
    late = {Queue.NEEDS_VERIFICATION, Queue.WITHDRAWN, Queue.TOLD_OTHERWISE}
    return [
        QueueState(
            stands.queue, stands.count, round(stands.oldest_s or 0, 1), stands.queue in late and stands.count > 0
        )
        for stands in await read_queues(tx, restricted=True)
    ]


def _stands(row: Row) -> QueueStands:
    oldest_s = None if row["oldest_s"] is None else float(row["oldest_s"])
    return QueueStands(Queue(row["queue"]), row["count"], row["exercises"], oldest_s)
