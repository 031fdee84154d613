"""`GET /v1/me`: everything that a tired interrupter needs on one small screen.

The exact place is shown of what they are asked for and of what they have; of what is over it is not.
"""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.alerts.api.offers import PlaceOut
from services.alerts.domain.offers import answer_by
from services.alerts.domain.own_work import Step, next_step
from services.alerts.queries import own_work
from services.alerts.queries.exposure import RestSuggested, rests_suggested
from services.alerts.queries.reachability import Phone, phones_of
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.errors import NotFound
from shared.kernel.response_words import CheckInState
from shared.kernel.vocabulary import AssignmentState, DeclineReason, DispatchRole, IncidentKind, OfferState
from shared.persistence.transaction import Row
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=StrictRoute)
Own = Annotated[Principal, allow(Role.INTERRUPTER)]
LATELY = 10


class DutyOut(BaseModel):
    """`changed_at`: null if it never was. `until`: when the plan changes it by itself, if it does."""

    on_duty: bool
    changed_at: datetime | None
    until: datetime | None


class IncidentPart(BaseModel):
    incident_id: UUID
    role: DispatchRole
    kind: IncidentKind
    community: str | None
    exercise: bool

    @classmethod
    def facts(cls, row: Row) -> dict[str, Any]:
        incident: dict[str, Any] = row["incident"]
        community = incident.get("community")
        return {
            **{name: row[name] for name in cls.model_fields if name in row},
            "kind": incident["kind"],
            "community": community["name"] if community else None,
            "exercise": incident["exercise"],
        }


class PlacePart(IncidentPart):
    """`stage_only`: an active threat; go near, not in, until the scene is clear."""

    place: PlaceOut
    occurred_at: datetime
    stage_only: bool
    links: dict[str, str]

    @classmethod
    def facts(cls, row: Row) -> dict[str, Any]:
        incident: dict[str, Any] = row["incident"]
        return super().facts(row) | {
            "place": incident["place"],
            "occurred_at": incident["occurred_at"],
            "stage_only": incident["active_threat"],
        }


class Question(PlacePart):
    """`answer_by`: when it ends if nothing is tapped."""

    offer_id: UUID
    state: OfferState
    distance_m: float
    made_at: datetime
    answer_by: datetime

    @classmethod
    def of(cls, row: Row) -> Self:
        path = f"/v1/offers/{row['offer_id']}"
        links = {"details": path} | {verb: f"{path}/{verb}" for verb in ("acknowledge", "accept", "decline")}
        until = answer_by(OfferState(row["state"]), acknowledge_by=row["acknowledge_by"], accept_by=row["accept_by"])
        return cls(**cls.facts(row), links=links, answer_by=until)


class StepOut(BaseModel):
    """`link`: where to POST it. `by`: when it is awaited at the latest."""

    step: Step
    link: str
    by: datetime | None


class Having(PlacePart):
    assignment_id: UUID
    offer_id: UUID
    state: AssignmentState
    accepted_at: datetime
    en_route_at: datetime | None
    on_scene_at: datetime | None
    check_in_state: CheckInState | None
    check_in_due_at: datetime | None
    next_step: StepOut

    @classmethod
    def of(cls, row: Row) -> Self:
        path = f"/v1/assignments/{row['assignment_id']}"
        links = {"details": f"/v1/offers/{row['offer_id']}"} | {step.value: f"{path}/{step}" for step in Step}
        state = row["check_in_state"] and CheckInState(row["check_in_state"])
        coming = next_step(AssignmentState(row["state"]), state, row["check_in_due_at"])
        step = StepOut(step=coming.step, link=links[coming.step], by=coming.by)
        return cls(**cls.facts(row), links=links, next_step=step)


class Past(IncidentPart):
    """`assignment_state`, `given_back`: how it ended, for whoever had it."""

    offer_id: UUID
    state: OfferState
    made_at: datetime
    settled_at: datetime
    decline_reason: DeclineReason | None
    assignment_state: AssignmentState | None
    given_back: bool | None
    ended_at: datetime | None

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(**cls.facts(row))


class MeOut(BaseModel):
    """`phone`: whether messages reach it. `questions`: what is to be answered now. `lately`: the newest ten,
    first. `rest_suggested`: lately; a suggestion and no more.
    """

    interrupter_id: UUID
    call_sign: str
    organization_id: UUID
    roles: list[DispatchRole]
    team_community: str | None
    active: bool
    duty: DutyOut
    phone: Phone
    rest_suggested: RestSuggested | None
    questions: list[Question]
    assignment: Having | None
    lately: list[Past]


@router.get("")
async def show_own(db: Db, caller: Own) -> MeOut:
    async with db.transaction() as tx:
        person = await own_work.person(tx, caller.worker) if caller.worker else None
        if person is None:
            raise NotFound("no interrupter's record goes with this token")
        worker: UUID = person["interrupter_id"]
        having = await own_work.present_assignment(tx, worker)
        return MeOut(
            **{name: person[name] for name in MeOut.model_fields if name in person},
            duty=DutyOut(on_duty=person["on_duty"], changed_at=person["duty_changed_at"], until=person["duty_next_at"]),
            phone=(await phones_of(tx, [worker]))[worker],
            rest_suggested=(await rests_suggested(tx, [worker])).get(worker),
            questions=[Question.of(row) for row in await own_work.open_questions(tx, worker)],
            assignment=None if having is None else Having.of(having),
            lately=[Past.of(row) for row in await own_work.lately(tx, worker, limit=LATELY)],
        )
