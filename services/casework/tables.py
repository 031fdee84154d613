"""Rows of casework's own tables: storage only, no validation. What must hold is in the migrations' constraints.

Projections of other services' facts are written by SQL text ("newer wins") and have no class here.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.persistence.tables import instant, maybe_instant


class Row(SQLModel, registry=registry()):
    """Gives casework's tables metadata of their own."""


class ParticipantRow(Row, table=True):
    """A person as an opaque reference: nothing here tells who it is."""

    __tablename__: ClassVar[str] = "participants"

    participant_id: UUID = Field(primary_key=True)
    community: str | None
    registered_by_organization: UUID | None
    registered_at: datetime = instant()


class CaseRow(Row, table=True):
    """`version` counts the case's events; `assigned_at` is set for good when it first has an owner."""

    __tablename__: ClassVar[str] = "cases"

    case_id: UUID = Field(primary_key=True)
    version: int
    participant_id: UUID
    state: str
    community: str | None
    owner_organization: UUID
    owner_worker: UUID | None = None
    opened_at: datetime = instant()
    assigned_at: datetime | None = maybe_instant()
    closed_at: datetime | None = maybe_instant()
