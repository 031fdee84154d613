"""Rows of the alerts database that use cases hold as objects. Storage only: nothing here validates input."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, Column, DateTime, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

_registry = registry()


def _instant() -> Any:
    return Field(sa_type=DateTime(timezone=True))


def _maybe_instant() -> Any:
    return Field(default=None, sa_type=DateTime(timezone=True))


class AlertsRow(SQLModel, registry=_registry):
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
    available_since: datetime = _instant()
    home_lat: float
    home_lon: float
    position_lat: float | None = None
    position_lon: float | None = None
    position_at: datetime | None = _maybe_instant()
    last_offered_at: datetime | None = _maybe_instant()
    last_cleared_at: datetime | None = _maybe_instant()


class EndpointRow(AlertsRow, table=True):
    __tablename__: ClassVar[str] = "webhook_endpoints"
    id: UUID = Field(primary_key=True)
    version: int
    owner_kind: str
    owner_id: UUID | None = None
    url: str
    secret_sealed: bytes = Field(sa_column=Column(LargeBinary))
    enabled: bool
    disabled_reason: str | None = None
    created_at: datetime = _instant()


class DispatchRow(AlertsRow, table=True):
    __tablename__: ClassVar[str] = "dispatches"
    incident_id: UUID = Field(primary_key=True)
    version: int
    state: str
    community: str | None = None
    incident: dict[str, Any] = Field(sa_column=Column(JSONB))
    incident_version: int
    policy_name: str
    policy_version: int
    policy: dict[str, Any] = Field(sa_column=Column(JSONB))
    activated_at: datetime = _instant()
    opened_at: datetime = _instant()
    closed_at: datetime | None = _maybe_instant()
    exhausted_count: int
    reconsider_at: datetime | None = _maybe_instant()


class OfferRow(AlertsRow, table=True):
    __tablename__: ClassVar[str] = "offers"
    id: UUID = Field(primary_key=True)
    incident_id: UUID
    role: str
    interrupter_id: UUID
    tier: str
    distance_m: float
    state: str
    made_at: datetime = _instant()
    undelivered_by: datetime = _instant()
    acknowledge_by: datetime = _instant()
    accept_by: datetime = _instant()
    next_action_at: datetime | None = _maybe_instant()
    bypassed_at: datetime | None = _maybe_instant()
    first_attempt_at: datetime | None = _maybe_instant()
    delivered_at: datetime | None = _maybe_instant()
    acknowledged_at: datetime | None = _maybe_instant()
    settled_at: datetime | None = _maybe_instant()
    decline_reason: str | None = None


class AssignmentRow(AlertsRow, table=True):
    __tablename__: ClassVar[str] = "assignments"
    id: UUID = Field(primary_key=True)
    incident_id: UUID
    offer_id: UUID
    role: str
    interrupter_id: UUID
    state: str
    accepted_at: datetime = _instant()
    en_route_at: datetime | None = _maybe_instant()
    on_scene_at: datetime | None = _maybe_instant()
    ended_at: datetime | None = _maybe_instant()
