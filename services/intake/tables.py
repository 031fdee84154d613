"""Rows of the intake database that use cases hold as objects. Storage only: nothing here validates input."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import ARRAY, Column, String
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.persistence.tables import instant, maybe_instant


class IntakeRow(SQLModel, registry=registry()):
    """Its own metadata: SQLModel's is one global for all services in a process."""


class IncidentRow(IntakeRow, table=True):
    __tablename__: ClassVar[str] = "incidents"
    id: UUID = Field(primary_key=True)
    version: int
    state: str
    kind: str
    source: str
    source_ref: str | None = None
    programme_version: int
    occurred_at: datetime = instant()
    occurred_precision: str
    reported_at: datetime = instant()
    opened_at: datetime = instant()
    activatable_until: datetime = instant()
    obstacles: list[str] = Field(sa_column=Column(ARRAY(String)))
    activated_at: datetime | None = maybe_instant()
    lat: float
    lon: float
    accuracy_m: float | None = None
    community: str | None = None
    community_name: str | None = None
    community_distance_m: float | None = None
    ward: str | None = None
    cluster: str | None = None
    injured: int | None = None
    killed: int | None = None
    weapon: str
    relationship: str
    juvenile_involved: bool | None = None
    believed_group_related: bool | None = None
    active_threat: bool
    exercise: bool
    screened_out_reason: str | None = None
    route: str | None = None
    report_count: int
    sources: list[str] = Field(sa_column=Column(ARRAY(String)))
    verification: str
    verify_by: datetime = instant()
    rumour: bool
    scene_status: str
    restricted: bool
    merged_into: UUID | None = None
    brought_back: bool = False


_UNSAID = {name: one.get_default() for name, one in IncidentRow.model_fields.items() if not one.is_required()}


def unstored_incident(**facts: Any) -> IncidentRow:
    """A new incident's facts under the names of its row, until they are put into the table as they are.

    What a row object costs beyond that, the watching of each of its forty fields, is a sixth of taking a report.
    """
    return cast(IncidentRow, SimpleNamespace(**_UNSAID | facts))


class ResponseRow(IntakeRow, table=True):
    """What the dispatch's newest event said."""

    __tablename__: ClassVar[str] = "responses"
    incident_id: UUID = Field(primary_key=True)
    version: int
    dispatch_state: str
    opened_at: datetime = instant()
    closed_at: datetime | None = maybe_instant()
    exhausted_count: int
    offers: int
    accepted: int
    on_scene: int
    first_attempt_at: datetime | None = maybe_instant()
    first_acknowledged_at: datetime | None = maybe_instant()
    first_accepted_at: datetime | None = maybe_instant()
    first_on_scene_at: datetime | None = maybe_instant()
