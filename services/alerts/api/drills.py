"""`GET /v1/drills/{incident_id}`: what came of an exercise, against the targets of the policy that it ran by.

An exercise goes the whole way that an incident goes, marked; whose questions they were and why, `explain` tells.
"""

from collections import Counter
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.alerts.api.seen import allow_seen
from services.alerts.domain.board import passed
from services.alerts.queries.board import facts_of
from services.alerts.queries.board_lines import milestones_of
from services.alerts.queries.offers import sent_by_hand
from shared.auth.principal import Principal, Role
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import DispatchState, OfferState
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/drills", tags=["drills"], route_class=StrictRoute)
Desk = Annotated[Principal, allow_seen(Role.DISPATCHER, Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.AUDITOR, Role.ADMIN)]


class MilestoneOut(BaseModel):
    """Seconds from activation. `missed`: reached too late, or due and not reached."""

    name: str
    target_s: float
    reached_after_s: float | None
    missed: bool


class DrillOut(BaseModel):
    """`asked`: not those who were sent without a question. `answers`: how many questions ended in which way, those
    still open among them, not those whose person the desk sent before they answered. `sent_by_hand`: with and without
    a question.

    `passed`: true when every target that applies was met; false when one was missed, or the end came before it was
    met; null while one may still be met, and where the policy has none.
    """

    incident_id: UUID
    state: DispatchState
    activated_at: datetime
    closed_at: datetime | None
    asked: int
    answers: dict[OfferState, int]
    sent_by_hand: int
    exhausted_count: int
    milestones: list[MilestoneOut]
    passed: bool | None


@router.get("/{incident_id}")
async def show(incident_id: UUID, db: Db, _: Desk) -> DrillOut:
    """404 for an incident that is no exercise."""
    async with db.transaction() as tx:
        facts, now, by_hand = await facts_of(tx, incident_id), await tx.now(), await sent_by_hand(tx, incident_id)
    if facts is None or not facts.row["exercise"]:
        raise NotFound("no such drill")
    found, questions = milestones_of(facts, now), [offer for offer in facts.offers if offer["was_asked"]]
    return DrillOut(
        **{name: facts.row[name] for name in DrillOut.model_fields if name in facts.row},
        asked=len(questions),
        answers=dict(Counter(OfferState(offer["state"]) for offer in questions if offer["offer_id"] not in by_hand)),
        sent_by_hand=len(by_hand),
        milestones=[
            MilestoneOut(name=one.name, target_s=one.target_s, reached_after_s=one.reached_after_s, missed=one.missed)
            for one in found
        ],
        passed=passed(found),
    )
