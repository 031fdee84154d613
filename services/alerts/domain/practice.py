"""What came of a test for one person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """`waiting`: under way. `silent`: it got there, and the time for an answer is over.

    `forgotten`: there was no answer, and the delivery log does not go back so far.
    """

    ACKNOWLEDGED = "acknowledged"
    ACKNOWLEDGED_LATE = "acknowledged_late"
    SILENT = "silent"
    WAITING = "waiting"
    NOT_DELIVERED = "not_delivered"
    NO_ENDPOINT = "no_endpoint"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Practised:
    """`messages`: to how many endpoints it went; of them, `known` to the delivery log, and `under_way` to get there."""

    messages: int
    known: int
    under_way: int
    delivered_at: datetime | None
    acknowledged_at: datetime | None


def outcome(of: Practised, *, answer_by: datetime, now: datetime) -> Outcome:
    """An answer counts however the message came; without one, what is known of the message decides."""
    if of.acknowledged_at is not None:
        return Outcome.ACKNOWLEDGED if of.acknowledged_at <= answer_by else Outcome.ACKNOWLEDGED_LATE
    if of.messages == 0:
        return Outcome.NO_ENDPOINT
    if of.known < of.messages:
        return Outcome.FORGOTTEN
    if of.delivered_at is None and of.under_way == 0:
        return Outcome.NOT_DELIVERED
    if now <= answer_by:
        return Outcome.WAITING
    return Outcome.SILENT if of.delivered_at is not None else Outcome.NOT_DELIVERED
