"""Where and when to look for what a report may be telling of, in cells of the city.

Two accounts that the rule may take for one event share a cell and a day: whoever takes a report locks those that its
own half of the reach touches, so that of two at once the second sees the first. The lists are in order, and so are the
locks.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.intake.domain.sameness import Account, SamenessRule, window
from shared.kernel.geo import Point, metres_per_degree

_PER_DEGREE = 100
_LATITUDE_STEP = 100_000
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """`since` and `until` bound the time as it stands in an incident, `north` and `east` the degrees to either side of
    the point; `locks` are pairs of a cell and a day.
    """

    cells: tuple[int, ...]
    north: float
    east: float
    since: datetime
    until: datetime
    locks: tuple[tuple[int, int], ...]


def neighbourhood(told: Account, rule: SamenessRule) -> Neighbourhood:
    happened, reach = window(told, rule), rule.possible_within
    latest_told = max((*rule.late.values(), _HOUR))
    days = range(_day(happened.earliest - reach / 2), _day(happened.latest + reach / 2) + 1)
    north, east = _degrees(told.point, rule.possible_within_m)
    return Neighbourhood(
        cells=tuple(_cells(told.point, rule.possible_within_m)),
        north=north,
        east=east,
        since=happened.earliest - reach - _DAY,
        until=happened.latest + reach + latest_told,
        locks=tuple((cell, day) for cell in _cells(told.point, rule.possible_within_m / 2) for day in days),
    )


def cell_of(lat: float, lon: float) -> int:
    """About a kilometre square. The database computes the same."""
    return math.floor(lat * _PER_DEGREE) * _LATITUDE_STEP + math.floor(lon * _PER_DEGREE)


def _cells(middle: Point, within_m: float) -> Iterator[int]:
    """All that a square of twice `within_m` touches, in order."""
    north, east = _degrees(middle, within_m)
    rows, columns = _steps(middle.lat, north), _steps(middle.lon, east)
    return (row * _LATITUDE_STEP + column for row in rows for column in columns)


def _degrees(middle: Point, metres: float) -> tuple[float, float]:
    per_lat, per_lon = metres_per_degree(middle.lat)
    return metres / per_lat, metres / per_lon


def _steps(middle: float, to_either_side: float) -> range:
    first, last = ((middle + side) * _PER_DEGREE for side in (-to_either_side, to_either_side))
    return range(math.floor(first), math.floor(last) + 1)


def _day(instant: datetime) -> int:
    return int(instant.timestamp() // _DAY.total_seconds())
