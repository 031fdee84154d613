"""The programme's coded words, one closed list each. Used alike in code, API, events and screens."""

from enum import StrEnum


class SourceKind(StrEnum):
    POLICE = "police"
    HOSPITAL = "hospital"
    RESIDENT = "resident"
    SENSOR = "sensor"
    STAFF = "staff"


class IncidentKind(StrEnum):
    SHOOTING = "shooting"
    HOMICIDE = "homicide"
    STABBING = "stabbing"
    SHOTS_FIRED = "shots_fired"
    ARMED_ROBBERY = "armed_robbery"
    ASSAULT = "assault"
    THREAT = "threat"
    OTHER = "other"


class Weapon(StrEnum):
    FIREARM = "firearm"
    KNIFE = "knife"
    OTHER = "other"
    UNKNOWN = "unknown"


class Relationship(StrEnum):
    """How those involved stand to each other: what decides whether an incident is this programme's."""

    GROUP = "group"
    STRANGER = "stranger"
    ACQUAINTANCE = "acquaintance"
    FAMILY = "family"
    INTIMATE_PARTNER = "intimate_partner"
    UNKNOWN = "unknown"


class TimePrecision(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


class IncidentState(StrEnum):
    REPORTED = "reported"
    VERIFIED = "verified"
    ACTIVATED = "activated"
    CLOSED = "closed"
    SCREENED_OUT = "screened_out"
    MERGED = "merged"


class Verification(StrEnum):
    """How well an incident is known to have happened, the least first."""

    UNVERIFIED = "unverified"
    SINGLE_SOURCE = "single_source"
    CORROBORATED = "corroborated"
    CONFIRMED = "confirmed"


class SceneStatus(StrEnum):
    UNKNOWN = "unknown"
    ACTIVE_THREAT = "active_threat"
    POLICE_ON_SCENE = "police_on_scene"
    CLEAR = "clear"


class ScreenedOutReason(StrEnum):
    OUT_OF_SCOPE = "out_of_scope"
    UNFOUNDED = "unfounded"
    DUPLICATE = "duplicate"


class AreaKind(StrEnum):
    COMMUNITY = "community"
    WARD = "ward"
    CLUSTER = "cluster"
    BOUNDARY = "boundary"


class DispatchRole(StrEnum):
    """What an interrupter is asked to do at an incident."""

    SCENE = "scene"
    HOSPITAL = "hospital"
    FAMILY = "family"


class DispatchState(StrEnum):
    OPEN = "open"
    STAFFED = "staffed"
    EXHAUSTED = "exhausted"
    CLOSED = "closed"
    STOOD_DOWN = "stood_down"


class OfferState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    UNDELIVERABLE = "undeliverable"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"


class DeclineReason(StrEnum):
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    OFF_SHIFT = "off_shift"
    UNSAFE = "unsafe"
    ALREADY_COMMITTED = "already_committed"
    OTHER = "other"


class AssignmentState(StrEnum):
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    CLEARED = "cleared"
    STOOD_DOWN = "stood_down"
    REASSIGNED = "reassigned"


class OverrideReason(StrEnum):
    """Why a person at the desk gives a role by hand. A code only."""

    NOBODY_LEFT = "nobody_left"
    NO_CONTACT = "no_contact"
    RELIEVED = "relieved"
    BETTER_PLACED = "better_placed"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    UNSAFE = "unsafe"
    OTHER = "other"


class DeskReason(StrEnum):
    """Why a person at the desk extends, takes over, hands back or stands down. A code only."""

    ON_THE_PHONE = "on_the_phone"
    NOBODY_LEFT = "nobody_left"
    NO_CONTACT = "no_contact"
    RESOLVED_ELSEWHERE = "resolved_elsewhere"
    UNFOUNDED = "unfounded"
    UNSAFE = "unsafe"
    OTHER = "other"


class Decider(StrEnum):
    """In what office a decision by hand was made."""

    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"


class Tier(StrEnum):
    """In what standing somebody is asked, in the order they are asked."""

    TEAM = "team"
    ORGANIZATION = "organization"
    LICENSED = "licensed"
    FLOATER = "floater"


class Employment(StrEnum):
    FULL_TIME = "full_time"
    PART_TIME = "part_time"


class LeftOut(StrEnum):
    """Why somebody is not asked."""

    INACTIVE = "inactive"
    WITHOUT_ROLE = "without_role"
    OFF_DUTY = "off_duty"
    NO_LICENCE = "no_licence"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    COMMITTED = "committed"
    OFFERED = "offered"
    ASKED_BEFORE = "asked_before"
    RESTING = "resting"
    OVER_HOURS = "over_hours"
    SAFETY_HOLD = "safety_hold"
    STALE_LOCATION = "stale_location"
    OUT_OF_RADIUS = "out_of_radius"
    UNREACHABLE = "unreachable"


class EscalationTarget(StrEnum):
    """Whom a step of the escalation turns to: somebody of the next tier beside those asked, or the people at a desk."""

    NEXT_TIER = "next_tier"
    SUPERVISOR = "supervisor"
    DISPATCHER = "dispatcher"


class MayWait(StrEnum):
    """What a policy may keep until the end of the quiet hours. Everything else is told at once, whatever the hour."""

    TRIAGE_REMINDER = "triage_reminder"
    ROSTER_GAP = "roster_gap"


class AlarmState(StrEnum):
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"


class CaseState(StrEnum):
    IDENTIFIED = "identified"
    OUTREACH = "outreach"
    ENGAGED = "engaged"
    CLOSED = "closed"


class HandoffState(StrEnum):
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REVOKED = "revoked"
    EXPIRED = "expired"


class HandoffReason(StrEnum):
    MOVED_COMMUNITY = "moved_community"
    WORKER_LEAVES = "worker_leaves"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    CAPACITY = "capacity"
    BETTER_MATCH = "better_match"
    CONTRACT_CHANGE = "contract_change"


class HandoffRejection(StrEnum):
    """Why a receiver does not take a case."""

    NO_CAPACITY = "no_capacity"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    NOT_MY_COMMUNITY = "not_my_community"
    NOT_A_MATCH = "not_a_match"
    LEAVING = "leaving"
