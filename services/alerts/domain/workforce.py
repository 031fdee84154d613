"""Rules about one interrupter's own record: team and floating, duty, position, exclusions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from shared.kernel.errors import FieldError
from shared.kernel.geo import Point
from shared.kernel.vocabulary import Employment

# A phone's clock may run ahead by this much; a position from farther ahead would stay "the newest" for too long.
CLOCK_SKEW = timedelta(seconds=120)
OLDEST_POSITION = timedelta(days=1)
LONGEST_EXCLUSION = timedelta(days=3653)
LONGEST_HOLD = timedelta(days=366)


class ConflictReason(StrEnum):
    """Why a worker keeps out of something. A code only: what lies behind it is nobody's business here."""

    KIN = "kin"
    PARTY = "party"
    FORMER_MEMBER = "former_member"
    OTHER = "other"


class HoldReason(StrEnum):
    """Why somebody is sent nowhere for now. A code only, shown to those who may place a hold."""

    THREATENED = "threatened"
    RETALIATION_RISK = "retaliation_risk"
    INJURED = "injured"
    EXPOSURE = "exposure"
    UNDER_REVIEW = "under_review"
    OTHER = "other"


class DutyOverrideKind(StrEnum):
    """What differs from the shifts for a span of time."""

    EXTRA = "extra"
    ABSENCE = "absence"


class PlacementReason(StrEnum):
    """Why somebody belongs elsewhere from now on. A code only."""

    CONTRACTOR_CHANGED = "contractor_changed"
    TEAM_CHANGED = "team_changed"
    MOVED_HOME = "moved_home"
    CORRECTED = "corrected"
    OTHER = "other"


class Placement(NamedTuple):
    """Where somebody belongs. `home` None in what is wanted: as it was, for whoever moves people between contractors
    does not see where they live.
    """

    organization_id: UUID
    team_community: str | None
    floater: bool
    home: Point | None


class OwnerKind(StrEnum):
    """Whose phone an endpoint is: an interrupter's, an organization's supervisors', the duty dispatcher's."""

    INTERRUPTER = "interrupter"
    SUPERVISOR = "supervisor"
    DUTY_DISPATCHER = "duty_dispatcher"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Bound to a community or to one incident, never to both or neither, and never for ever."""

    community: str | None
    incident_id: UUID | None
    reason: ConflictReason
    expires_at: datetime


def team_fault(team_community: str | None, *, floater: bool) -> FieldError | None:
    """A floater may have no team; everybody else belongs to one community's."""
    if team_community is None and not floater:
        return FieldError("/team_community", "is needed unless floater is true")
    return None


def position_fault(at: datetime, now: datetime) -> FieldError | None:
    if at > now + CLOCK_SKEW:
        return FieldError("/at", "lies in the future")
    return FieldError("/at", "is more than a day ago") if at < now - OLDEST_POSITION else None


def coarse(place: Point) -> Point:
    """To a hundredth of a degree, which is about a kilometre: the neighbourhood, not the house."""
    return Point(round(place.lat, 2), round(place.lon, 2))


def exclusion_faults(exclusion: Exclusion, now: datetime) -> tuple[FieldError, ...]:
    faults = []
    if (exclusion.community is None) == (exclusion.incident_id is None):
        faults.append(FieldError("/community", "exactly one of community and incident_id is needed"))
    if not now < exclusion.expires_at <= now + LONGEST_EXCLUSION:
        faults.append(FieldError("/expires_at", "must lie in the future, by ten years at most"))
    return tuple(faults)


def hold_fault(until: datetime | None, now: datetime) -> FieldError | None:
    if until is not None and not now < until <= now + LONGEST_HOLD:
        return FieldError("/until", "must lie in the future, by a year at most; without one it lasts until it is ended")
    return None


def employment_fault(employment: Employment, weekly_hours: int | None) -> FieldError | None:
    """A part-time worker's week has its own number of hours; a full-time one's is the programme's."""
    if (employment is Employment.PART_TIME) == (weekly_hours is not None):
        return None
    needed = "is needed for part_time" if weekly_hours is None else "must be absent for full_time"
    return FieldError("/weekly_hours", needed)


def owner_fault(kind: OwnerKind, owner_id: UUID | None) -> FieldError | None:
    if kind is OwnerKind.DUTY_DISPATCHER:
        return FieldError("/owner/id", "must be absent: it is whoever has the desk") if owner_id else None
    return FieldError("/owner/id", "is needed") if owner_id is None else None
