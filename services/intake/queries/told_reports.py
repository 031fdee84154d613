"""An incident's reports as they were said, to derive it anew: those of what was merged into it are its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.domain.activation import Timing
from services.intake.domain.facts import Facts
from shared.kernel.geo import Point
from shared.kernel.vocabulary import IncidentKind, Relationship, SourceKind, TimePrecision, Weapon
from shared.persistence.transaction import Row, Transaction

_TOLD = """
SELECT id, incident_id, source, source_kind, received_at, CAST(body AS text) AS body
FROM reports WHERE incident_id IN (SELECT incident_tree(:id)) ORDER BY position
"""
_PARENTS = "SELECT id, merged_into FROM incidents WHERE id IN (SELECT incident_tree(:id)) AND id <> :id"
_MOVE = "UPDATE reports SET incident_id = :incident_id WHERE id = ANY (:reports)"


@dataclass(frozen=True, slots=True)
class Told:
    """`home`: the incident that it is filed under."""

    report_id: UUID
    home: UUID
    source: str
    source_kind: SourceKind
    received_at: datetime
    timing: Timing
    point: Point
    accuracy_m: float | None
    facts: Facts


async def read_told(tx: Transaction, incident_id: UUID) -> list[Told]:
    """In the order they were taken."""
    return [_told(row) for row in await tx.rows(_TOLD, id=incident_id)]


async def read_parents(tx: Transaction, incident_id: UUID) -> dict[UUID, UUID]:
    """Each incident below it → the one it was merged into."""
    return {row["id"]: row["merged_into"] for row in await tx.rows(_PARENTS, id=incident_id)}


async def file_under(tx: Transaction, incident_id: UUID, reports: Sequence[UUID]) -> None:
    await tx.run(_MOVE, incident_id=incident_id, reports=list(reports))


def _told(row: Row) -> Told:
    said = json.loads(row["body"])
    place, reported_at = said["location"], said.get("reported_at")
    precision = TimePrecision(said.get("occurred_precision", TimePrecision.MINUTE))
    return Told(
        report_id=row["id"],
        home=row["incident_id"],
        source=row["source"],
        source_kind=SourceKind(row["source_kind"]),
        received_at=row["received_at"],
        timing=Timing(_instant(said["occurred_at"]), precision, reported_at and _instant(reported_at)),
        point=Point(place["lat"], place["lon"]),
        accuracy_m=place.get("accuracy_m"),
        facts=_facts(said),
    )


def _facts(said: Mapping[str, Any]) -> Facts:
    return Facts(
        kind=IncidentKind(said["kind"]),
        weapon=Weapon(said.get("weapon", Weapon.UNKNOWN)),
        relationship=Relationship(said.get("relationship", Relationship.UNKNOWN)),
        active_threat=said.get("active_threat", False),
        injured=said.get("injured"),
        killed=said.get("killed"),
        juvenile_involved=said.get("juvenile_involved"),
        believed_group_related=said.get("believed_group_related"),
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.upper())
