"""Rows of the reporting database. Storage only: nothing here validates input.

A fact is what the newest snapshot of its root says, and no more than numbers need: no point, no participant, no
contact. `version` is always the root's, also on the parts of a root.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.persistence.tables import instant, maybe_instant


class ReportingRow(SQLModel, registry=registry()):
    """Its own metadata: SQLModel's is one global for all services in a process."""


class FactRow(ReportingRow):
    version: int


class IncidentFact(FactRow, table=True):
    __tablename__: ClassVar[str] = "incident_facts"
    incident_id: UUID = Field(primary_key=True)
    state: str
    kind: str
    occurred_at: datetime = instant()
    occurred_precision: str
    reported_at: datetime = instant()
    opened_at: datetime = instant()
    activated_at: datetime | None = maybe_instant()
    community: str | None = None
    ward: str | None = None
    cluster: str | None = None
    injured: int | None = None
    killed: int | None = None
    screened_out_reason: str | None = None
    route: str | None = None
    exercise: bool
    restricted: bool


class DispatchFact(FactRow, table=True):
    """`first_attempt_at` … `on_scene_at` are the earliest over the dispatch's offers and assignments."""

    __tablename__: ClassVar[str] = "dispatch_facts"
    incident_id: UUID = Field(primary_key=True)
    state: str
    community: str | None = None
    opened_at: datetime = instant()
    closed_at: datetime | None = maybe_instant()
    exhausted_count: int
    first_attempt_at: datetime | None = maybe_instant()
    acknowledged_at: datetime | None = maybe_instant()
    accepted_at: datetime | None = maybe_instant()
    on_scene_at: datetime | None = maybe_instant()
    triage_state: str | None = None
    triage_due_at: datetime | None = maybe_instant()
    triage_held_at: datetime | None = maybe_instant()
    exercise: bool


class OfferFact(FactRow, table=True):
    __tablename__: ClassVar[str] = "offer_facts"
    offer_id: UUID = Field(primary_key=True)
    incident_id: UUID
    interrupter_id: UUID
    role: str
    tier: str
    state: str
    decline_reason: str | None = None
    community: str | None = None
    made_at: datetime = instant()
    exercise: bool


class AssignmentFact(FactRow, table=True):
    __tablename__: ClassVar[str] = "assignment_facts"
    assignment_id: UUID = Field(primary_key=True)
    incident_id: UUID
    interrupter_id: UUID
    role: str
    state: str
    community: str | None = None
    accepted_at: datetime = instant()
    en_route_at: datetime | None = maybe_instant()
    on_scene_at: datetime | None = maybe_instant()
    cleared_at: datetime | None = maybe_instant()
    exercise: bool


class CaseFact(FactRow, table=True):
    __tablename__: ClassVar[str] = "case_facts"
    case_id: UUID = Field(primary_key=True)
    state: str
    community: str | None = None
    owner_organization: UUID
    opened_at: datetime = instant()
    closed_at: datetime | None = maybe_instant()


class HandoffFact(FactRow, table=True):
    __tablename__: ClassVar[str] = "handoff_facts"
    handoff_id: UUID = Field(primary_key=True)
    case_id: UUID
    state: str
    reason: str
    to_organization: UUID
    community: str | None = None
    requested_at: datetime = instant()
    settled_at: datetime | None = maybe_instant()


class AlarmFact(FactRow, table=True):
    """One row per event of an alarm, because each raising is a call on a person: a later one does not replace it."""

    __tablename__: ClassVar[str] = "alarm_facts"
    service: str = Field(primary_key=True)
    alarm: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    state: str
    at: datetime = instant()


class AreaDimension(FactRow, table=True):
    __tablename__: ClassVar[str] = "area_dimension"
    kind: str = Field(primary_key=True)
    area_id: str = Field(primary_key=True)
    name: str
    effective_from: date


class OrganizationDimension(FactRow, table=True):
    __tablename__: ClassVar[str] = "organization_dimension"
    organization_id: UUID = Field(primary_key=True)
    name: str
    subcontractor_of: UUID | None = None


class WorkerDimension(FactRow, table=True):
    __tablename__: ClassVar[str] = "worker_dimension"
    worker_id: UUID = Field(primary_key=True)
    organization_id: UUID
    team_community: str | None = None
    floater: bool
    active: bool


class ProgrammeRow(ReportingRow, table=True):
    """At most one. `targets_s`: name of a moment → within how many seconds of activation it should come."""

    __tablename__: ClassVar[str] = "programme"
    id: int = Field(primary_key=True)
    programme_id: str
    time_zone: str
    targets_s: dict[str, float] = Field(sa_column=Column(JSONB))
