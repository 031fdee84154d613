"""Assignments: the responder's side, from on the way to free again."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.alerts.api.answering import refuse_strangers
from services.alerts.queries.offers import who_has_it
from services.alerts.tables import AssignmentRow
from services.alerts.usecases.responding.check_in import check_in
from services.alerts.usecases.responding.give_back_role import give_back_role
from services.alerts.usecases.responding.move_assignment import move_assignment
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.response_words import CheckInState
from shared.kernel.vocabulary import AssignmentState, DispatchRole
from shared.persistence.database import Database
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/assignments", tags=["assignments"], route_class=StrictRoute)
Responder = Annotated[Principal, allow(Role.INTERRUPTER, Role.DISPATCHER, Role.SUPERVISOR)]


class AssignmentOut(BaseModel):
    """`ended_at`: cleared, stood down or reassigned, as `state` says. `given_back`: by who had it.
    `check_in_state`, `check_in_due_at`: on scene.
    """

    assignment_id: UUID
    incident_id: UUID
    offer_id: UUID
    interrupter_id: UUID
    role: DispatchRole
    state: AssignmentState
    accepted_at: datetime
    en_route_at: datetime | None
    on_scene_at: datetime | None
    ended_at: datetime | None
    check_in_state: CheckInState | None
    check_in_due_at: datetime | None
    last_sign_at: datetime | None
    check_ins_missed: int
    given_back: bool

    @classmethod
    def of(cls, row: AssignmentRow) -> Self:
        facts = {name: getattr(row, name) for name in cls.model_fields if name != "assignment_id"}
        return cls(assignment_id=row.id, **facts)


@router.post("/{assignment_id}/en-route")
async def en_route(assignment_id: UUID, db: Db, caller: Responder) -> AssignmentOut:
    return await _move(db, assignment_id, AssignmentState.EN_ROUTE, caller)


@router.post("/{assignment_id}/on-scene")
async def on_scene(assignment_id: UUID, db: Db, caller: Responder) -> AssignmentOut:
    return await _move(db, assignment_id, AssignmentState.ON_SCENE, caller)


@router.post("/{assignment_id}/check-in")
async def check_in_(assignment_id: UUID, db: Db, caller: Responder) -> AssignmentOut:
    """I am well. 409 with the assignment's state if nobody is on scene by it."""
    async with db.transaction() as tx:
        refuse_strangers(caller, await who_has_it(tx, assignment_id))
        return AssignmentOut.of(await check_in(tx, assignment_id))


@router.post("/{assignment_id}/give-back")
async def give_back(assignment_id: UUID, db: Db, caller: Responder) -> AssignmentOut:
    """I cannot go: others are asked at once. 409 with the assignment's state for somebody who is there already."""
    async with db.transaction() as tx:
        refuse_strangers(caller, await who_has_it(tx, assignment_id))
        return AssignmentOut.of(await give_back_role(tx, assignment_id))


@router.post("/{assignment_id}/clear")
async def clear(assignment_id: UUID, db: Db, caller: Responder) -> AssignmentOut:
    """Done here: free for the next incident. Who was never on scene gives the role back by it."""
    return await _move(db, assignment_id, AssignmentState.CLEARED, caller)


async def _move(db: Database, assignment_id: UUID, to: AssignmentState, caller: Principal) -> AssignmentOut:
    async with db.transaction() as tx:
        refuse_strangers(caller, await who_has_it(tx, assignment_id))
        row = await move_assignment(tx, assignment_id, to)
        return AssignmentOut.of(row)
