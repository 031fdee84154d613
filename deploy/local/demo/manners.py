"""How simulated people answer their phones. Plain facts, shared by whoever makes the people and whoever plays them."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from random import Random


class Manner(StrEnum):
    PROMPT = "answers at once"
    LATE = "sees it, answers just in time"
    OVERDUE = "answers when the next was asked already"
    DECLINES = "declines"
    SILENT = "never answers"
    HANGS = "phone hangs"
    REFUSES = "phone refuses the connection"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Time left when the message arrived."""

    acknowledge: timedelta
    accept: timedelta


@dataclass(frozen=True, slots=True)
class Tap:
    """One tap on the phone, `after` the message arrived. `reason` only where one declines."""

    after: timedelta
    action: str
    reason: str | None = None


REASONS = ("off_shift", "already_committed", "conflict_of_interest", "unsafe", "other")
JUST_BEFORE = timedelta(milliseconds=700)
JUST_AFTER = timedelta(milliseconds=500)


def taps(manner: Manner, left: Deadlines, dice: Random) -> tuple[Tap, ...]:
    """What this person does about an offer, in order of time."""
    soon = timedelta(seconds=dice.uniform(0.2, 1.0))
    match manner:
        case Manner.PROMPT:
            return (Tap(soon, "accept"),)
        case Manner.LATE:
            return (Tap(soon, "acknowledge"), Tap(max(soon, left.accept - JUST_BEFORE), "accept"))
        case Manner.OVERDUE:
            return (Tap(left.acknowledge + JUST_AFTER, "accept"),)
        case Manner.DECLINES:
            return (Tap(soon, "decline", dice.choice(REASONS)),)
    return ()
