"""What is known of an interrupter, and of what is needed, at the moment of a decision. Frozen facts, no behaviour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.kernel.vocabulary import DispatchRole


class Availability(NamedTuple):
    """What bars somebody here or does not, whatever the role or the policy; thousands have one of few."""

    active: bool
    held: bool
    on_duty: bool
    licensed: bool
    floater: bool
    conflicted: bool
    committed: bool
    has_open_offer: bool


Barred = Mapping[Availability, Sequence[UUID]]


class Candidate(NamedTuple):
    """A tuple, since hundreds become one at every decision. No place is in it, only how far that is.

    `licensed` and `conflicted` are for the incident's community; `asked_before` for this dispatch and role. `worked_s`:
    on duty in this week of the programme; `part_time_h`: hours of a part-time worker's week, None: full-time. From
    `active` on it begins as its availability does.
    """

    interrupter_id: UUID
    home_m: int
    position_m: int | None
    roles: frozenset[str]
    organization_id: UUID
    team_community: str | None
    active: bool
    held: bool
    on_duty: bool
    licensed: bool
    floater: bool
    conflicted: bool
    committed: bool
    has_open_offer: bool
    asked_before: bool
    reachable: bool
    position_at: datetime | None
    last_offered_at: datetime | None
    last_cleared_at: datetime | None
    worked_s: int = 0
    part_time_h: int | None = None

    @property
    def availability(self) -> Availability:
        return Availability._make(tuple(self)[AVAILABILITY])


_FIRST = Candidate._fields.index("active")
AVAILABILITY = slice(_FIRST, _FIRST + len(Availability._fields))


@dataclass(frozen=True, slots=True)
class Need:
    """`community` None: the incident is in none and near none. `covering`: organizations working there today."""

    role: DispatchRole
    community: str | None
    covering: frozenset[UUID]
    at: datetime
