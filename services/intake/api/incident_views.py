"""Incidents as they are shown: the published snapshot, what a dispatcher needs beside it, and the response to it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.intake.domain.activation import Obstacle
from services.intake.queries.incidents import ReportSeen
from services.intake.queries.snapshots import snapshot
from services.intake.tables import IncidentRow, ResponseRow
from shared.contracts.events.incidents import IncidentSnapshot
from shared.kernel.vocabulary import DispatchState, IncidentState, SourceKind


class ResponseShown(BaseModel):
    """Counts and first times of the dispatch; `accepted` are those who took it and have it still."""

    dispatch_state: DispatchState
    opened_at: datetime
    closed_at: datetime | None
    exhausted_count: int
    offers: int
    accepted: int
    on_scene: int
    first_attempt_at: datetime | None
    first_acknowledged_at: datetime | None
    first_accepted_at: datetime | None
    first_on_scene_at: datetime | None


class ReportShown(BaseModel):
    report_id: UUID
    source_kind: SourceKind
    received_at: datetime


class IncidentListed(IncidentSnapshot):
    """`obstacles`: why policy left it to a dispatcher. After `activatable_until` nobody may be paged for it."""

    obstacles: tuple[Obstacle, ...]
    activatable_until: datetime
    response: ResponseShown | None


class IncidentShown(IncidentListed):
    reports: tuple[ReportShown, ...]


class IncidentStateShown(BaseModel):
    """All that a source sees of an incident it reported."""

    incident_id: UUID
    state: IncidentState


def listed(row: IncidentRow, response: ResponseRow | None) -> IncidentListed:
    return IncidentListed.model_validate(_fields(row, response))


def shown(row: IncidentRow, response: ResponseRow | None, reports: Sequence[ReportSeen]) -> IncidentShown:
    seen = [
        {"report_id": one.report_id, "source_kind": one.source_kind, "received_at": one.received_at} for one in reports
    ]
    return IncidentShown.model_validate(_fields(row, response) | {"reports": seen})


def _fields(row: IncidentRow, response: ResponseRow | None) -> dict[str, object]:
    return snapshot(row).model_dump() | {
        "obstacles": row.obstacles,
        "activatable_until": row.activatable_until,
        "response": None if response is None else response.model_dump(),
    }
