"""Triages, plans and steps as rows, and as the part of the dispatch that events tell of them.

A triage is changed under its dispatch's lock alone.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.alerts.queries.dispatches import Dispatch
from shared.contracts.response_parts import AttendeePart, PlanPart, RiskPart, StepPart, TriagePart
from shared.kernel.errors import NotFound
from shared.persistence.transaction import Row, Transaction

_TRIAGE = """
SELECT incident_id, version, state, exercise, due_at, next_action_at, reminded_at, held_at, recorded_at, recorded_by,
       meeting, (state = 'due' AND due_at <= app_now()) AS overdue
FROM triages WHERE incident_id = :incident_id
"""
_STEPS = """
SELECT id AS step_id, owner_id, action, due_on, done_at FROM plan_steps WHERE incident_id = :incident_id
ORDER BY place, id
"""
_PLAN = """
SELECT number, recorded_at, risk FROM response_plans WHERE incident_id = :incident_id ORDER BY number DESC LIMIT 1
"""
_KNOWN = "SELECT id FROM interrupters WHERE id = ANY(CAST(:ids AS uuid[]))"
_CONCERNED = """
SELECT organization_id FROM coverage
WHERE community = :community AND from_day <= (app_now() AT TIME ZONE :time_zone)::date
  AND (until_day IS NULL OR until_day > (app_now() AT TIME ZONE :time_zone)::date)
UNION SELECT i.organization_id FROM assignments a JOIN interrupters i ON i.id = a.interrupter_id
WHERE a.incident_id = :incident_id
"""
_DAY = "SELECT (CAST(:at AS timestamptz) AT TIME ZONE :time_zone)::date AS day"


async def triage_of(tx: Transaction, incident_id: UUID) -> Row:
    """Raises NotFound. Whoever is to change it holds the dispatch's lock."""
    row = await tx.row_or_none(_TRIAGE, incident_id=incident_id)
    if row is None:
        raise NotFound("no triage is owed for this incident")
    return row


async def triage_part(tx: Transaction, incident_id: UUID) -> TriagePart:
    row = await triage_of(tx, incident_id)
    meeting: dict[str, Any] = row["meeting"] or {}
    plan = await tx.row_or_none(_PLAN, incident_id=incident_id)
    return TriagePart(
        state=row["state"],
        due_at=row["due_at"],
        held_at=row["held_at"],
        recorded_at=row["recorded_at"],
        attended_by=tuple(AttendeePart(**one) for one in meeting.get("attended_by", ())),
        decisions=tuple(meeting.get("decisions", ())),
        risk=RiskPart(**meeting["risk"]) if meeting else None,
        plan=PlanPart(**plan) if plan else None,
        steps=tuple(StepPart(**step) for step in await steps_of(tx, incident_id)),
    )


async def tell_triage(tx: Transaction, dispatch: Dispatch) -> None:
    """What the dispatch's events say of it from now on."""
    part = await triage_part(tx, dispatch.incident_id)
    dispatch.row.triage = part.model_dump(mode="json", exclude_none=True)


async def steps_of(tx: Transaction, incident_id: UUID) -> Sequence[Row]:
    return await tx.rows(_STEPS, incident_id=incident_id)


async def known_workers(tx: Transaction, ids: Sequence[UUID]) -> frozenset[UUID]:
    return frozenset(row["id"] for row in await tx.rows(_KNOWN, ids=list(ids)))


async def concerned_organizations(tx: Transaction, dispatch: Dispatch) -> frozenset[UUID]:
    """Those covering the community today, and those of whoever was sent."""
    rows = await tx.rows(
        _CONCERNED,
        community=dispatch.row.community,
        time_zone=dispatch.row.policy["time_zone"],
        incident_id=dispatch.incident_id,
    )
    return frozenset(row["organization_id"] for row in rows)


async def local_day(tx: Transaction, dispatch: Dispatch, at: datetime) -> date:
    row = await tx.row(_DAY, at=at, time_zone=dispatch.row.policy["time_zone"])
    day: date = row["day"]
    return day
