"""Incidents as they are shown: the published snapshot, what a dispatcher needs beside it, and the response to it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.intake.current_programme import Community
from services.intake.domain.activation import Obstacle
from services.intake.domain.sameness import Doubt
from services.intake.queries.incidents import ReportSeen
from services.intake.queries.possible_duplicates import Alike
from services.intake.queries.snapshots import snapshot
from services.intake.tables import IncidentRow, ResponseRow
from shared.contracts.events.incidents import IncidentSnapshot
from shared.kernel.vocabulary import DispatchState, IncidentKind, IncidentState, SourceKind


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


class AlikeShown(BaseModel):
    """Another incident that may be the same event, with its reports. `doubts`: why that is not certain."""

    incident_id: UUID
    state: IncidentState
    kind: IncidentKind
    distance_m: float
    apart_s: float
    doubts: tuple[Doubt, ...]
    noted_at: datetime
    reports: tuple[ReportShown, ...]


class CommunityShown(BaseModel):
    area_id: str
    name: str
    distance_m: float


class IncidentShown(IncidentListed):
    """`nearest_community`: of what belongs to none, however far."""

    nearest_community: CommunityShown | None
    reports: tuple[ReportShown, ...]
    possible_duplicates: tuple[AlikeShown, ...]


class IncidentStateShown(BaseModel):
    """All that a source sees of an incident it reported."""

    incident_id: UUID
    state: IncidentState


def listed(row: IncidentRow, response: ResponseRow | None) -> IncidentListed:
    return IncidentListed.model_validate(_fields(row, response))


def shown(
    row: IncidentRow,
    response: ResponseRow | None,
    reports: Sequence[ReportSeen],
    alike: Sequence[tuple[Alike, Sequence[ReportSeen]]],
    nearest: Community | None,
) -> IncidentShown:
    pairs = [asdict(one) | {"reports": _seen(theirs)} for one, theirs in alike]
    more = {"reports": _seen(reports), "possible_duplicates": pairs, "nearest_community": nearest and asdict(nearest)}
    return IncidentShown.model_validate(_fields(row, response) | more)


def _seen(reports: Sequence[ReportSeen]) -> list[dict[str, object]]:
    return [asdict(one) for one in reports]


def _fields(row: IncidentRow, response: ResponseRow | None) -> dict[str, object]:
    return snapshot(row).model_dump() | {
        "obstacles": row.obstacles,
        "activatable_until": row.activatable_until,
        "response": None if response is None else response.model_dump(),
    }
