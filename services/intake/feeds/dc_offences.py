"""One row of the DC crime file: which offence, with what, when and where, as far as the row says.

What counts as violent, and as what kind of incident:

| OFFENSE | METHOD | taken as |
|---|---|---|
| HOMICIDE | any | homicide |
| ASSAULT W/DANGEROUS WEAPON | gun / knife / else | shooting / stabbing / assault |
| ROBBERY | gun or knife / else | armed_robbery / skipped |
| SEX ABUSE | any | skipped: never this programme's |
| thefts, burglary, arson | any | skipped |

The file does not tell whether a shot was fired or a person hit: an assault with a gun is taken as the
shooting it may be, and nobody is counted as injured. An offence that is not in the table is broken, not
skipped, so that a renamed one is seen.

The only time is REPORT_DAT, when the police wrote the report. Gun crimes are reported a median of 117
minutes (nine in ten within 278) after they began, so it stands for the time of the event with the precision
of an hour at best. Exactly local midnight, which all homicides carry, is a date without a time, and so is a
bare date.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from services.intake.feeds.reading import Broken, Skipped, SkipReason
from shared.kernel.geo import Point
from shared.kernel.vocabulary import IncidentKind, TimePrecision, Weapon

REQUIRED_COLUMNS = ("OFFENSE", "METHOD", "REPORT_DAT", "LATITUDE", "LONGITUDE")

_ASSAULT = {Weapon.FIREARM: IncidentKind.SHOOTING, Weapon.KNIFE: IncidentKind.STABBING}
_NOT_VIOLENT = frozenset({"THEFT/OTHER", "THEFT F/AUTO", "MOTOR VEHICLE THEFT", "BURGLARY", "ARSON"})
_CASE_NUMBER = re.compile(r"[0-9A-Za-z-]{1,32}")
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,15})?")
_REPORT_TIME = re.compile(
    r"(?P<day>[0-9]{4}/[0-9]{2}/[0-9]{2})"
    r"( (?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2})(?P<offset>[+-][0-9]{2}(:?[0-9]{2})?))?"
)


@dataclass(frozen=True, slots=True)
class City:
    """What the reader must know about the place: its civil time, and the box no point may lie outside of."""

    zone: ZoneInfo
    south: float
    west: float
    north: float
    east: float

    def contains(self, point: Point) -> bool:
        return self.south <= point.lat <= self.north and self.west <= point.lon <= self.east


@dataclass(frozen=True, slots=True)
class Offence:
    """`ref` is the case number, or `row:` and a digest of place and time where the row has none."""

    line: int
    ref: str
    kind: IncidentKind
    weapon: Weapon
    at: datetime
    precision: TimePrecision
    point: Point


class _Unreadable(Exception):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


def read_offence(line: int, row: Mapping[str, str], city: City) -> Offence | Skipped | Broken:
    try:
        weapon = _weapon(row["METHOD"])
        kind = _kind(row["OFFENSE"], weapon)
        if isinstance(kind, SkipReason):
            return Skipped(line, kind)
        at, precision = _time(row["REPORT_DAT"], city.zone)
        return Offence(line, _ref(row), kind, weapon, at, precision, _point(row, city))
    except _Unreadable as unreadable:
        return Broken(line, unreadable.field, unreadable.reason)


def _weapon(method: str) -> Weapon:
    """Older years spell the method in many ways ("CAR JACKING - GUN")."""
    method = method.upper()
    if "GUN" in method:
        return Weapon.FIREARM
    if "KNIFE" in method:
        return Weapon.KNIFE
    return Weapon.OTHER if method.startswith("OTHER") else Weapon.UNKNOWN


def _kind(offense: str, weapon: Weapon) -> IncidentKind | SkipReason:
    match offense.upper():
        case "HOMICIDE":
            return IncidentKind.HOMICIDE
        case "ASSAULT W/DANGEROUS WEAPON":
            return _ASSAULT.get(weapon, IncidentKind.ASSAULT)
        case "ROBBERY":
            armed = weapon in {Weapon.FIREARM, Weapon.KNIFE}
            return IncidentKind.ARMED_ROBBERY if armed else SkipReason.ROBBERY_WITHOUT_GUN_OR_KNIFE
        case "SEX ABUSE":
            return SkipReason.SEX_ABUSE
        case known if known in _NOT_VIOLENT:
            return SkipReason.NOT_VIOLENT
    raise _Unreadable("OFFENSE", "is not an offence this reader knows")


def _time(text: str, zone: ZoneInfo) -> tuple[datetime, TimePrecision]:
    match = _REPORT_TIME.fullmatch(text)
    if match is None:
        raise _Unreadable("REPORT_DAT", "is not a date, nor a date and time with an offset")
    day, clock, offset = match["day"].replace("/", "-"), match["clock"], match["offset"]
    try:
        local = datetime.fromisoformat(f"{day} {clock}{offset}" if clock else day)
        local = local.astimezone(zone) if clock else local.replace(tzinfo=zone)
        instant = local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _Unreadable("REPORT_DAT", "is not a possible date and time") from error
    return instant, TimePrecision.DAY if local.time() == time(0) else TimePrecision.HOUR


def _point(row: Mapping[str, str], city: City) -> Point:
    point = Point(*(_degrees(row, field) for field in ("LATITUDE", "LONGITUDE")))
    if not city.contains(point):
        raise _Unreadable("LATITUDE", "with LONGITUDE is not a place in this city")
    return point


def _degrees(row: Mapping[str, str], field: str) -> float:
    if not _DEGREES.fullmatch(row[field]):
        raise _Unreadable(field, "is not a number of degrees")
    return float(row[field])


def _ref(row: Mapping[str, str]) -> str:
    case_number = row.get("CCN", "")
    if _CASE_NUMBER.fullmatch(case_number):
        return case_number
    if case_number:
        raise _Unreadable("CCN", "is not a case number")
    cells = (row["REPORT_DAT"], row.get("BLOCK", ""), row["LATITUDE"], row["LONGITUDE"])
    return f"row:{hashlib.sha256(chr(31).join(cells).encode()).hexdigest()[:24]}"
