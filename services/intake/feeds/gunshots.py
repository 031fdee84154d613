"""Detections of gunshots by sensors as reports: bursts of them are few incidents.

A detection belongs to the burst that it is near to: within 300 m of its first one, within ten minutes of its last, and
within an hour of its first, so that a night of shooting in one block does not become one incident. The reference of a
burst is the quarter of an hour and the square of about 400 m in which it began, counted from fixed lines: what one
request tells of a burst and the next goes on with is mostly one incident without anybody remembering anything. Where
it is not, what the two are is for the rule that all sources' reports go through.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.intake.feeds.instants import instant_of
from services.intake.feeds.reading import NOTHING_KNOWN, NotUsable, ReportBody, Unusable
from shared.kernel.geo import Point, distance_m
from shared.kernel.vocabulary import IncidentKind, TimePrecision, Weapon

MOST_DETECTIONS = 1_000
NEAR_M = 300.0
LONGEST_PAUSE = timedelta(minutes=10)
LONGEST = timedelta(hours=1)
_SLOT = timedelta(minutes=15)
_SQUARE_DEG = 0.004
_FARTHEST_OFF_M = 10_000.0
_FIELDS = frozenset({"id", "at", "lat", "lon", "accuracy_m", "exercise"})


@dataclass(frozen=True, slots=True)
class Detection:
    """`place`: in what was sent."""

    place: int
    at: datetime
    point: Point
    accuracy_m: float
    exercise: bool


@dataclass
class _Burst:
    first: Detection
    last_at: datetime
    reach_m: float

    def takes(self, one: Detection) -> bool:
        return (
            one.at - self.last_at <= LONGEST_PAUSE
            and one.at - self.first.at <= LONGEST
            and one.exercise is self.first.exercise
            and distance_m(one.point, self.first.point) <= NEAR_M
        )

    def add(self, one: Detection) -> None:
        self.last_at = one.at
        self.reach_m = max(self.reach_m, distance_m(one.point, self.first.point) + one.accuracy_m)


def read_gunshots(items: Sequence[Any]) -> list[tuple[int, ReportBody | Unusable]]:
    """One report for each burst, in order of time; behind them what could not be read. With the place in `items` of the
    burst's first detection, or of what could not be read.
    """
    detections, unusable = list[Detection](), list[tuple[int, Unusable]]()
    for place, item in enumerate(items):
        try:
            detections.append(_detection(item, place))
        except NotUsable as found:
            unusable.append((place, found.unusable))
    return [*((burst.first.place, _report(burst)) for burst in bursts(detections)), *unusable]


def bursts(detections: Sequence[Detection]) -> list[_Burst]:
    found: list[_Burst] = []
    for one in sorted(detections, key=lambda detection: (detection.at, detection.point)):
        burst = next((burst for burst in reversed(found) if burst.takes(one)), None)
        if burst is None:
            found.append(_Burst(one, one.at, one.accuracy_m))
        else:
            burst.add(one)
    return found


def _report(burst: _Burst) -> ReportBody:
    first = burst.first
    return {
        **NOTHING_KNOWN,
        "source_ref": _reference(first),
        "kind": IncidentKind.SHOTS_FIRED,
        "occurred_at": first.at.isoformat(),
        "occurred_precision": TimePrecision.MINUTE,
        "reported_at": first.at.isoformat(),
        "location": {"lat": first.point.lat, "lon": first.point.lon, "accuracy_m": round(burst.reach_m, 1)},
        "weapon": Weapon.FIREARM,
        "exercise": first.exercise,
    }


def _reference(first: Detection) -> str:
    slot = int(first.at.timestamp() // _SLOT.total_seconds())
    row, column = int(first.point.lat // _SQUARE_DEG), int(first.point.lon // _SQUARE_DEG)
    return f"burst:{slot}:{row}:{column}" + (":exercise" if first.exercise else "")


def _detection(item: Any, place: int) -> Detection:
    pointer = f"/detections/{place}"
    if not isinstance(item, dict):
        raise NotUsable(pointer, "is not an object")
    if not item.keys() <= _FIELDS:
        raise NotUsable(pointer, "has a field that a detection does not have")
    at = instant_of(item.get("at"))
    if at is None:
        raise NotUsable(f"{pointer}/at", "is not a date and time with an offset")
    lat, lon = (_number(item.get(name), limit, f"{pointer}/{name}") for name, limit in (("lat", 90.0), ("lon", 180.0)))
    accuracy_m = _number(item.get("accuracy_m", 25.0), _FARTHEST_OFF_M, f"{pointer}/accuracy_m")
    exercise = item.get("exercise", False)
    if accuracy_m < 0 or not isinstance(exercise, bool):
        raise NotUsable(pointer, "has an accuracy below zero, or an exercise that is neither true nor false")
    return Detection(place, at, Point(lat, lon), accuracy_m, exercise)


def _number(value: Any, limit: float, pointer: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= limit:
        raise NotUsable(pointer, "is not a number in its range")
    return float(value)
