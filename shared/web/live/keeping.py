"""Whom a change that is told live is kept from, because what it is about is restricted.

Everything told of one thing is judged by how that thing stands now, for as long as any of it is held to be told: what
becomes restricted takes with it what was told of it before. It leaves the lists of those who may not see it by an
event `gone`, which says no more.
"""

from dataclasses import dataclass
from uuid import UUID
from weakref import WeakValueDictionary

from pydantic import BaseModel

from shared.auth.principal import Principal
from shared.auth.restricted import may_see
from shared.messaging.feed import GONE


class Gone(BaseModel):
    """The data of an event `gone`: it is to be taken off the list."""

    incident_id: UUID


@dataclass(slots=True, weakref_slot=True)
class Standing:
    """One for all that is held to be told of one thing."""

    version: int
    restricted: bool

    def is_told(self, principal: Principal, change: str) -> bool:
        """`gone` is told to those from whom it is kept, and everything else to the others."""
        return (change == GONE) is not may_see(principal, restricted=self.restricted)


class Standings:
    """Holds none by itself: what is not held to be told any more is forgotten."""

    def __init__(self) -> None:
        self._known: WeakValueDictionary[UUID, Standing] = WeakValueDictionary()

    def of(self, subject: UUID, *, version: int, restricted: bool) -> Standing:
        """As last read. Readers overtake each other: the newest version counts."""
        known = self._known.get(subject)
        if known is None:
            known = self._known[subject] = Standing(version, restricted)
        elif version > known.version:
            known.version, known.restricted = version, restricted
        return known
