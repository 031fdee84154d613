"""Rules about one interrupter's own record: team and floating, duty, position, exclusions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from shared.kernel.errors import FieldError

# A phone's clock may run ahead by this much; a position from farther ahead would stay "the newest" for too long.
CLOCK_SKEW = timedelta(seconds=120)
OLDEST_POSITION = timedelta(days=1)
LONGEST_EXCLUSION = timedelta(days=3653)


class ConflictReason(StrEnum):
    """Why a worker keeps out of something. A code only: what lies behind it is nobody's business here."""

    KIN = "kin"
    PARTY = "party"
    FORMER_MEMBER = "former_member"
    OTHER = "other"


class DutyOverrideKind(StrEnum):
    """What differs from the shifts for a span of time."""

    EXTRA = "extra"
    ABSENCE = "absence"


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


def exclusion_faults(exclusion: Exclusion, now: datetime) -> tuple[FieldError, ...]:
    faults = []
    if (exclusion.community is None) == (exclusion.incident_id is None):
        faults.append(FieldError("/community", "exactly one of community and incident_id is needed"))
    if not now < exclusion.expires_at <= now + LONGEST_EXCLUSION:
        faults.append(FieldError("/expires_at", "must lie in the future, by ten years at most"))
    return tuple(faults)


def owner_fault(kind: OwnerKind, owner_id: UUID | None) -> FieldError | None:
    if kind is OwnerKind.DUTY_DISPATCHER:
        return FieldError("/owner/id", "must be absent: it is whoever has the desk") if owner_id else None
    return FieldError("/owner/id", "is needed") if owner_id is None else None
