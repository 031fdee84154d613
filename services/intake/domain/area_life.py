"""Sets of areas that follow each other, of one kind: which one holds on a day, and how long each area lasts.

A set holds from its day until the next one's. What lies before the first set belongs to it too: an office that begins
with one set has places for its whole history.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Life:
    """`retired_on`: the first day without the area; None while it goes on."""

    name: str
    effective_from: date
    retired_on: date | None = None


def in_force_on(day: date, days: Iterable[date]) -> date:
    """The day of the set that holds; there is at least one."""
    known = sorted(days)
    return max((one for one in known if one <= day), default=known[0])


def lives(sets: Mapping[date, Mapping[str, str]]) -> dict[str, Life]:
    """`sets`: by the day from which each holds, the names of its areas by id. Of an area that came back: its last life,
    and the name that it has in the newest set.
    """
    found: dict[str, Life] = {}
    for day in sorted(sets):
        names = sets[day]
        for area_id, name in names.items():
            known = found.get(area_id)
            goes_on = known is not None and known.retired_on is None
            found[area_id] = Life(name, known.effective_from if known and goes_on else day)
        ended = [area_id for area_id, life in found.items() if area_id not in names and life.retired_on is None]
        found |= {area_id: replace(found[area_id], retired_on=day) for area_id in ended}
    return found
