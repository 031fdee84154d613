"""`/v1/interrupters/{id}/plan`, `/shifts` and `/duty-overrides`: when somebody is meant to be on duty."""

from datetime import date, datetime, time
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.alerts.api.viewers import viewer_of
from services.alerts.domain.shifts import Shift, Span
from services.alerts.domain.workforce import DutyOverrideKind
from services.alerts.queries.planned_duty import PlannedDuty, planned_duty
from services.alerts.usecases.duty.add_shift import add_shift
from services.alerts.usecases.duty.cancel_duty_override import cancel_duty_override
from services.alerts.usecases.duty.end_shift import end_shift
from services.alerts.usecases.duty.record_duty_override import record_duty_override
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.ids import new_id
from shared.persistence.transaction import Row, Transaction
from shared.web.database import Db
from shared.web.idempotency import Idempotent
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/{interrupter_id}", route_class=StrictRoute)

Planner = Annotated[Principal, allow(Role.SUPERVISOR, Role.PROGRAM_OFFICE, Role.ADMIN)]
Reader = Annotated[
    Principal, allow(Role.INTERRUPTER, Role.SUPERVISOR, Role.DISPATCHER, Role.PROGRAM_OFFICE, Role.ADMIN)
]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class ShiftBody(BaseModel):
    """Local times of the programme. `weekday`: 1 is Monday; null: on `from_day` alone. `until_day`: the first day on
    which it is no more. An end that is not later than the start is on the next day: equal to it, 24 hours later.
    """

    model_config = ConfigDict(extra="forbid")

    weekday: Annotated[int, Field(strict=True, ge=1, le=7)] | None = None
    from_day: date
    until_day: date | None = None
    starts: Clock
    ends: Clock

    def shift(self) -> Shift:
        hours = time.fromisoformat(self.starts), time.fromisoformat(self.ends)
        return Shift(new_id(), self.weekday, self.from_day, self.until_day, *hours)


class ShiftView(ShiftBody):
    id: UUID

    @classmethod
    def of(cls, shift: Shift) -> Self:
        return cls(
            id=shift.id,
            weekday=shift.weekday,
            from_day=shift.from_day,
            until_day=shift.until_day,
            starts=f"{shift.starts:%H:%M}",
            ends=f"{shift.ends:%H:%M}",
        )


class EndBody(BaseModel):
    """`until_day`: the first day on which it does not begin any more."""

    model_config = ConfigDict(extra="forbid")

    until_day: date


class DutyOverrideBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: DutyOverrideKind
    begins_at: AwareDatetime
    ends_at: AwareDatetime


class DutyOverrideView(DutyOverrideBody):
    id: UUID

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(**{name: row[name] for name in cls.model_fields})


class SpanView(BaseModel):
    begins_at: datetime
    ends_at: datetime


class GivenView(BaseModel):
    shift_id: UUID
    day: date


class TakenView(BaseModel):
    shift: ShiftView
    day: date


class PlanView(BaseModel):
    """From now on. `duty_next_at`: when the plan next changes whether this person is on duty, or is looked at again."""

    interrupter_id: UUID
    on_duty: bool
    duty_next_at: datetime | None
    shifts: list[ShiftView]
    given: list[GivenView]
    taken: list[TakenView]
    overrides: list[DutyOverrideView]
    planned: list[SpanView]
    worked_this_week_s: int

    @classmethod
    def of(cls, plan: PlannedDuty) -> Self:
        return cls(
            interrupter_id=plan.interrupter.id,
            on_duty=plan.interrupter.on_duty,
            duty_next_at=plan.interrupter.duty_next_at,
            shifts=[ShiftView.of(shift) for shift in plan.shifts],
            given=[GivenView(shift_id=shift, day=day) for shift, day in plan.given],
            taken=[TakenView(shift=ShiftView.of(shift), day=day) for shift, day in plan.taken],
            overrides=[DutyOverrideView.of(row) for row in plan.overrides],
            planned=[SpanView(begins_at=span.begins, ends_at=span.ends) for span in plan.spans],
            worked_this_week_s=int(plan.worked.total_seconds()),
        )


@router.get("/plan")
async def show(principal: Reader, db: Db, interrupter_id: UUID) -> PlanView:
    """What is planned, as far ahead as a plan is read."""
    async with db.transaction() as tx:
        return PlanView.of(await planned_duty(tx, viewer_of(principal), interrupter_id))


@router.post("/shifts", status_code=201, response_model=ShiftView)
async def add(principal: Planner, interrupter_id: UUID, body: ShiftBody, once: Idempotent) -> JSONResponse:
    async def produce(tx: Transaction) -> tuple[int, ShiftView]:
        shift = body.shift()
        await add_shift(tx, viewer_of(principal), interrupter_id, shift, principal.subject)
        return 201, ShiftView.of(shift)

    return await once.run(principal, produce)


@router.post("/shifts/{shift_id}/end")
async def end(principal: Planner, db: Db, interrupter_id: UUID, shift_id: UUID, body: EndBody) -> ShiftView:
    async with db.transaction() as tx:
        return ShiftView.of(await end_shift(tx, viewer_of(principal), interrupter_id, shift_id, body.until_day))


@router.post("/duty-overrides", status_code=201, response_model=DutyOverrideView)
async def record(principal: Planner, interrupter_id: UUID, body: DutyOverrideBody, once: Idempotent) -> JSONResponse:
    async def produce(tx: Transaction) -> tuple[int, DutyOverrideView]:
        span = Span(body.begins_at, body.ends_at)
        viewer, by = viewer_of(principal), principal.subject
        return 201, DutyOverrideView.of(await record_duty_override(tx, viewer, interrupter_id, body.kind, span, by))

    return await once.run(principal, produce)


@router.post("/duty-overrides/{override_id}/cancel")
async def cancel(principal: Planner, db: Db, interrupter_id: UUID, override_id: UUID) -> DutyOverrideView:
    """Repeating it changes nothing."""
    async with db.transaction() as tx:
        viewer, by = viewer_of(principal), principal.subject
        return DutyOverrideView.of(await cancel_duty_override(tx, viewer, interrupter_id, override_id, by))
