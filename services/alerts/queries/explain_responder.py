"""The part of an explanation that begins when somebody is there: scene reports, and check-ins that were missed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from shared.contracts.response_parts import SceneReportPart
from shared.persistence.transaction import Transaction

_MISSED = """
SELECT m.assignment_id, a.interrupter_id, m.due_at, m.asked_at, m.missed_at, m.ended_at
FROM missed_check_ins m JOIN assignments a ON a.id = m.assignment_id
WHERE a.incident_id = :incident_id ORDER BY m.missed_at, m.assignment_id
"""

_REPORTS = """
SELECT r.assignment_id, a.interrupter_id, r.number, r.reported_at, r.reported_by, r.report
FROM scene_reports r JOIN assignments a ON a.id = r.assignment_id
WHERE a.incident_id = :incident_id ORDER BY r.reported_at, r.assignment_id, r.number
"""


class SceneReported(SceneReportPart):
    assignment_id: UUID
    interrupter_id: UUID
    call_sign: str | None
    reported_by: str


class MissedCheckIn(BaseModel):
    """`ended_at`: when they were heard of again, or their assignment ended."""

    assignment_id: UUID
    interrupter_id: UUID
    call_sign: str | None
    due_at: datetime
    asked_at: datetime
    missed_at: datetime
    ended_at: datetime | None


async def scene_reports(tx: Transaction, incident_id: UUID, signs: Mapping[UUID, str]) -> list[SceneReported]:
    """Every one, in the order in which they came."""
    found = []
    for row in await tx.rows(_REPORTS, incident_id=incident_id):
        facts = {name: value for name, value in row.items() if name != "report"}
        found.append(SceneReported(call_sign=signs.get(row["interrupter_id"]), **facts, **row["report"]))
    return found


def reported_words(one: SceneReported) -> str:
    weapons = "; saw weapons" if one.weapons_seen else ""
    return f"{one.call_sign} reported the scene: {one.scene.replace('_', ' ')}{weapons}"


async def missed_check_ins(tx: Transaction, incident_id: UUID, signs: Mapping[UUID, str]) -> list[MissedCheckIn]:
    rows = await tx.rows(_MISSED, incident_id=incident_id)
    return [MissedCheckIn(call_sign=signs.get(row["interrupter_id"]), **row) for row in rows]


def missed_words(one: MissedCheckIn, when: Callable[[datetime], str]) -> str:
    ended = f"over at {when(one.ended_at)}" if one.ended_at else "not over yet"
    return f"{one.call_sign} was not heard of on scene: due {when(one.due_at)}, asked {when(one.asked_at)}; {ended}"
