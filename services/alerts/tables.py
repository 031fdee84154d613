"""Rows of the alerts database that use cases hold as objects. Storage only: nothing here validates input.

Those on the path of a page are plain objects with a layout (`tx.hold`), the others are row objects of the engine.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, Column, LargeBinary, String
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.persistence.held_rows import Layout
from shared.persistence.tables import instant, maybe_instant


class AlertsRow(SQLModel, registry=registry()):
    """Its own metadata: SQLModel's is one global for all services in a process."""


class OrganizationRow(AlertsRow, table=True):
    __tablename__: ClassVar[str] = "organizations"
    id: UUID = Field(primary_key=True)
    version: int
    name: str
    subcontractor_of: UUID | None = None


class InterrupterRow(AlertsRow, table=True):
    __tablename__: ClassVar[str] = "interrupters"
    id: UUID = Field(primary_key=True)
    version: int
    organization_id: UUID
    call_sign: str
    roles: list[str] = Field(sa_column=Column(ARRAY(String)))
    team_community: str | None = None
    floater: bool
    active: bool
    on_duty: bool
    available_since: datetime = instant()
    home_lat: float
    home_lon: float
    position_lat: float | None = None
    position_lon: float | None = None
    position_at: datetime | None = maybe_instant()
    last_offered_at: datetime | None = maybe_instant()
    last_cleared_at: datetime | None = maybe_instant()
    duty_word: bool | None = None
    duty_word_at: datetime | None = maybe_instant()
    duty_next_at: datetime | None = maybe_instant()
    week_began: datetime | None = maybe_instant()
    week_worked_s: float = 0
    languages: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(String)))
    employment: str = "full_time"
    weekly_hours: int | None = None
    held: bool = False


class EndpointRow(AlertsRow, table=True):
    __tablename__: ClassVar[str] = "webhook_endpoints"
    id: UUID = Field(primary_key=True)
    version: int
    owner_kind: str
    owner_id: UUID | None = None
    kind: str
    position: int
    service: str | None = None
    url: str | None = None
    address_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    secret_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    enabled: bool
    disabled_reason: str | None = None
    created_at: datetime = instant()
    public_key: str | None = None
    previous_secret_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    previous_secret_until: datetime | None = maybe_instant()
    muted: list[str] = Field(sa_column=Column(ARRAY(String)))
    breaker: str = "closed"
    failures: int = 0
    breaker_since: datetime | None = maybe_instant()


@dataclass(slots=True)
class DispatchRow:
    incident_id: UUID
    version: int
    state: str
    community: str | None
    incident: dict[str, Any]
    incident_version: int
    policy_name: str
    policy_version: int
    policy: dict[str, Any]
    activated_at: datetime
    opened_at: datetime
    exhausted_count: int
    exhausted_roles: list[str]
    closed_at: datetime | None = None
    reconsider_at: datetime | None = None
    wanted_since: datetime | None = None
    escalation_step: int = 0
    escalate_at: datetime | None = None
    taken_over_at: datetime | None = None
    taken_over_by: str | None = None
    triage: dict[str, Any] = field(default_factory=dict)
    threat_reported: bool = False
    scene_said_by: UUID | None = None


@dataclass(slots=True)
class OfferRow:
    id: UUID
    incident_id: UUID
    role: str
    interrupter_id: UUID
    tier: str
    distance_m: float
    state: str
    made_at: datetime
    undelivered_by: datetime
    acknowledge_by: datetime
    accept_by: datetime
    next_action_at: datetime | None = None
    bypassed_at: datetime | None = None
    first_attempt_at: datetime | None = None
    delivered_at: datetime | None = None
    acknowledged_at: datetime | None = None
    settled_at: datetime | None = None
    decline_reason: str | None = None
    exercise: bool = False

    @property
    def was_asked(self) -> bool:
        """Whoever was given a role without a question has an offer for form's sake, answered as it was made."""
        return self.accept_by > self.made_at


@dataclass(slots=True)
class AssignmentRow:
    id: UUID
    incident_id: UUID
    offer_id: UUID
    role: str
    interrupter_id: UUID
    state: str
    accepted_at: datetime
    en_route_at: datetime | None = None
    on_scene_at: datetime | None = None
    ended_at: datetime | None = None
    check_in_state: str | None = None
    check_in_due_at: datetime | None = None
    check_in_next_at: datetime | None = None
    last_sign_at: datetime | None = None
    check_ins_missed: int = 0
    on_scene_by: datetime | None = None
    scene_report: dict[str, Any] = field(default_factory=dict)
    given_back: bool = False
    exercise: bool = False


DISPATCH = Layout(
    DispatchRow,
    "dispatches",
    key="incident_id",
    fixed=("policy_name", "policy_version", "policy", "opened_at"),
    at_end=True,
)
OFFER = Layout(
    OfferRow,
    "offers",
    key="id",
    fixed=("incident_id", "role", "interrupter_id", "tier", "distance_m", "made_at", "exercise"),
)
ASSIGNMENT = Layout(
    AssignmentRow,
    "assignments",
    key="id",
    fixed=("incident_id", "offer_id", "role", "interrupter_id", "exercise"),
)
