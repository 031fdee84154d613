"""What is known of an interrupter, and of what is needed, at the moment of a decision. Frozen facts, no behaviour."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.kernel.vocabulary import DispatchRole


class Candidate(NamedTuple):
    """A tuple, since everybody becomes one at every decision. No place is in it, only how far that is.

    `licensed` and `conflicted` are for the incident's community; `asked_before` for this dispatch and role. `worked_s`:
    on duty in this week of the programme; `part_time_h`: hours of a part-time worker's week, None: full-time.
    """

    interrupter_id: UUID
    organization_id: UUID
    roles: Collection[str]
    team_community: str | None
    floater: bool
    active: bool
    on_duty: bool
    licensed: bool
    conflicted: bool
    committed: bool
    has_open_offer: bool
    asked_before: bool
    reachable: bool
    home_m: int
    position_m: int | None
    position_at: datetime | None
    last_offered_at: datetime | None
    last_cleared_at: datetime | None
    held: bool = False
    worked_s: int = 0
    part_time_h: int | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """`community` None: the incident is in none and near none. `covering`: organizations working there today."""

    role: DispatchRole
    community: str | None
    covering: frozenset[UUID]
    at: datetime
