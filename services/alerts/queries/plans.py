"""What is planned for people: their shifts, what differs on a day, and whose shifts they have taken over.

`plans_of` with `services.alerts.domain.duty.duty_at` answers who is on duty at an instant; with
`services.alerts.domain.shifts.planned`, when somebody is meant to be.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.alerts.domain.shifts import Occurrence, Plan, Shift, Span
from shared.persistence.transaction import Row, Transaction

_ZONE = "SELECT body ->> 'time_zone' AS name FROM policies ORDER BY loaded_at DESC, version DESC LIMIT 1"
_SHIFTS = """
SELECT s.id, s.interrupter_id, s.weekday, s.from_day, s.until_day, s.starts, s.ends FROM shifts s
WHERE s.interrupter_id = ANY(:ids) AND (s.until_day IS NULL OR s.until_day >= :since_day)
ORDER BY s.interrupter_id, s.from_day, s.starts, s.id
"""
_GIVEN = """
SELECT s.interrupter_id, h.shift_id, h.day FROM shift_holders h JOIN shifts s ON s.id = h.shift_id
WHERE s.interrupter_id = ANY(:ids) AND h.holder_id <> s.interrupter_id AND h.day >= :since_day
"""
_TAKEN = """
SELECT h.holder_id, h.day, s.id, s.weekday, s.from_day, s.until_day, s.starts, s.ends
FROM shift_holders h JOIN shifts s ON s.id = h.shift_id
WHERE h.holder_id = ANY(:ids) AND h.holder_id <> s.interrupter_id AND h.day >= :since_day
ORDER BY h.holder_id, h.day, s.id
"""
_OVERRIDES = """
SELECT interrupter_id, kind, begins_at, ends_at FROM duty_overrides
WHERE interrupter_id = ANY(:ids) AND cancelled_at IS NULL AND ends_at >= :since ORDER BY begins_at, id
"""


@dataclass
class _Parts:
    shifts: list[Shift] = field(default_factory=list)
    given: set[Occurrence] = field(default_factory=set)
    taken: list[tuple[Shift, date]] = field(default_factory=list)
    spans: dict[str, list[Span]] = field(default_factory=lambda: {"extra": [], "absence": []})

    def plan(self) -> Plan:
        return Plan(
            shifts=tuple(self.shifts),
            given=frozenset(self.given),
            taken=tuple(self.taken),
            extras=tuple(self.spans["extra"]),
            absences=tuple(self.spans["absence"]),
        )


async def programme_zone(tx: Transaction) -> ZoneInfo | None:
    """The clock that shifts are told by: that of the programme loaded last. None: none is loaded yet."""
    found = await tx.row_or_none(_ZONE)
    return None if found is None else ZoneInfo(found["name"])


async def plans_of(tx: Transaction, ids: Iterable[UUID], *, since: datetime) -> Mapping[UUID, Plan]:
    """By interrupter, an empty plan for who has no shifts. What ended before `since` may be missing."""
    found = {one: _Parts() for one in ids}
    # A local day may have begun half a day before the same day in UTC, and a shift that begins on it lasts a day.
    scope = {"ids": list(found), "since_day": since.date() - timedelta(days=3)}
    for row in await tx.rows(_SHIFTS, **scope):
        found[row["interrupter_id"]].shifts.append(shift_of(row))
    for row in await tx.rows(_GIVEN, **scope):
        found[row["interrupter_id"]].given.add((row["shift_id"], row["day"]))
    for row in await tx.rows(_TAKEN, **scope):
        found[row["holder_id"]].taken.append((shift_of(row), row["day"]))
    for row in await tx.rows(_OVERRIDES, ids=scope["ids"], since=since):
        found[row["interrupter_id"]].spans[row["kind"]].append(Span(row["begins_at"], row["ends_at"]))
    return {one: parts.plan() for one, parts in found.items()}


def shift_of(row: Row) -> Shift:
    return Shift(row["id"], row["weekday"], row["from_day"], row["until_day"], row["starts"], row["ends"])
