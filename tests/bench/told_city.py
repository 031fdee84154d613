"""A city in which every real gun crime is told by several: what is real, and what is made of it.

Real (`dedupe_events.csv`, from the District's open data, 2020 to September 2022): case number, kind, time of the
police report, the middle of the block; for some, when the crime began. Each case is one event, and its reported time
stands for the event's, since nothing better is known of most.

Derived, by a fixed seed, is what the others would have said of it. A sensor, of shootings and homicides alone: up to
30 s later, 25 to 150 m off. A resident: up to 10 minutes early or late, a normal error of 120 m. A hospital, of
half the shootings: up to 15 minutes, 150 m. The police row itself comes late by a delay drawn from the real ones,
known to the hour, at the real middle of the block. How well people tell time and place is assumed, not measured.
"""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from services.intake.domain.activation import Timing
from services.intake.domain.sameness import Account
from shared.kernel.geo import Point, metres_per_degree
from shared.kernel.vocabulary import IncidentKind, Relationship, SourceKind, TimePrecision, Weapon

EVENTS = Path(__file__).parent / "dedupe_events.csv"
BLOCK_ACCURACY_M = 150.0
_HEARD = frozenset({IncidentKind.SHOOTING, IncidentKind.HOMICIDE})


@dataclass(frozen=True)
class Event:
    """`began_at`: where it is known. `precision`: of the police row's time."""

    case: str
    kind: IncidentKind
    reported_at: datetime
    precision: TimePrecision
    point: Point
    began_at: datetime | None


@dataclass(frozen=True)
class Told:
    """`at`: when it is told. `case`: the truth, which the rule does not see."""

    at: datetime
    case: str
    account: Account


def real_events() -> list[Event]:
    with EVENTS.open(newline="") as lines:
        return [
            Event(
                row["case"],
                IncidentKind(row["kind"]),
                datetime.fromisoformat(row["reported_at"]),
                TimePrecision(row["precision"]),
                Point(float(row["lat"]), float(row["lon"])),
                datetime.fromisoformat(row["began_at"]) if row["began_at"] else None,
            )
            for row in csv.DictReader(lines)
        ]


def real_delays(events: list[Event]) -> list[timedelta]:
    """How long after a crime began the police reported it, of those of which both times are known."""
    timed = [one for one in events if one.began_at is not None and one.precision is not TimePrecision.DAY]
    return sorted(one.reported_at - one.began_at for one in timed if one.began_at and one.reported_at > one.began_at)


def told_city(events: list[Event], seed: int) -> list[Told]:
    """In the order in which it is told."""
    chance, delays = Random(seed), real_delays(events)
    timed = {one.case: one for one in reversed(events) if one.precision is not TimePrecision.DAY}
    told = [one for event in timed.values() for one in _tellings(event, chance, delays)]
    return sorted(told, key=lambda one: one.at)


def _tellings(event: Event, chance: Random, delays: list[timedelta]) -> Iterator[Told]:
    at, minute = event.reported_at, TimePrecision.MINUTE
    if event.kind in _HEARD:
        heard = at + timedelta(seconds=chance.uniform(0, 30))
        where = _off(event.point, chance.uniform(25, 150), chance)
        yield _told(event, heard, SourceKind.SENSOR, IncidentKind.SHOTS_FIRED, Timing(heard, minute, None), where)
    said = at + timedelta(minutes=chance.uniform(-10, 10))
    where = _off(event.point, abs(chance.gauss(0, 120)), chance)
    called = at + timedelta(minutes=chance.uniform(2, 15))
    yield _told(event, called, SourceKind.RESIDENT, event.kind, Timing(min(said, called), minute, None), where)
    if event.kind in _HEARD and chance.random() < 0.5:
        arrived = at + timedelta(minutes=chance.uniform(15, 60))
        said = at + timedelta(minutes=chance.uniform(-15, 15))
        where = _off(event.point, abs(chance.gauss(0, 150)), chance)
        yield _told(event, arrived, SourceKind.HOSPITAL, event.kind, Timing(said, minute, arrived), where)
    late = at + chance.choice(delays)
    yield _told(event, late, SourceKind.POLICE, event.kind, Timing(late, TimePrecision.HOUR, late), event.point)


def _told(event: Event, at: datetime, source: SourceKind, kind: IncidentKind, timing: Timing, point: Point) -> Told:
    return Told(at, event.case, account_of(kind, source, timing, point))


def account_of(kind: IncidentKind, source: SourceKind, timing: Timing, point: Point) -> Account:
    accuracy_m = BLOCK_ACCURACY_M if source is SourceKind.POLICE else None
    return Account(kind, Weapon.UNKNOWN, Relationship.UNKNOWN, source, timing, point, accuracy_m, exercise=False)


def _off(point: Point, metres: float, chance: Random) -> Point:
    per_lat, per_lon = metres_per_degree(point.lat)
    way = chance.uniform(0, 2 * math.pi)
    return Point(point.lat + metres * math.cos(way) / per_lat, point.lon + metres * math.sin(way) / per_lon)
