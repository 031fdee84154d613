"""What is sent and shown of triages and response plans. Codes and ids: what was said at the table is kept nowhere."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.alerts.domain.triage import Attending, Meeting, Plan, RetaliationRisk, Step
from shared.contracts.response_parts import TriagePart
from shared.kernel.response_words import Attendee, PlanAction, Risk, TriageDecision, TriageState
from shared.kernel.vocabulary import IncidentKind
from shared.persistence.transaction import Row


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RiskIn(_Body):
    """How likely retaliation is held to be: within days, as long as the dispute goes on, and for years."""

    immediate: Risk
    ongoing: Risk
    long_term: Risk

    def risk(self) -> RetaliationRisk:
        return RetaliationRisk(self.immediate, self.ongoing, self.long_term)


class AttendeeIn(_Body):
    """`worker_id`: needed for an interrupter; others have no record here."""

    role: Attendee
    worker_id: UUID | None = None


class NewStepIn(_Body):
    owner_id: UUID
    action: PlanAction
    due_on: date

    def step(self) -> Step:
        return Step(self.owner_id, self.action, self.due_on)


class StepIn(NewStepIn):
    """`step_id`: a step that is in the plan already, and keeps whether it is done."""

    step_id: UUID | None = None

    def step(self) -> Step:
        return Step(self.owner_id, self.action, self.due_on, self.step_id)


class TriageIn(_Body):
    held_at: AwareDatetime
    attended_by: Annotated[list[AttendeeIn], Field(min_length=1, max_length=50)]
    decisions: Annotated[frozenset[TriageDecision], Field(min_length=1)]
    risk: RiskIn
    next_steps: Annotated[list[NewStepIn], Field(max_length=50)] = []

    def meeting(self) -> Meeting:
        return Meeting(
            held_at=self.held_at,
            attended_by=tuple(Attending(one.role, one.worker_id) for one in self.attended_by),
            decisions=tuple(sorted(self.decisions)),
            risk=self.risk.risk(),
            next_steps=tuple(one.step() for one in self.next_steps),
        )


class PlanIn(_Body):
    risk: RiskIn
    steps: Annotated[list[StepIn], Field(max_length=50)]

    def plan(self) -> Plan:
        return Plan(self.risk.risk(), tuple(one.step() for one in self.steps))


class TriageOut(TriagePart):
    """`version`: the ETag's. `overdue`: neither held nor withdrawn, and its time is over."""

    incident_id: UUID
    version: int
    exercise: bool
    overdue: bool
    reminded_at: datetime | None
    recorded_by: str | None

    @classmethod
    def of(cls, row: Row, part: TriagePart) -> Self:
        shown = ("incident_id", "version", "exercise", "overdue", "reminded_at", "recorded_by")
        return cls(**{name: row[name] for name in shown}, **dict(part))


class TriageLine(BaseModel):
    """`overdue_steps`: not done, and their day is over."""

    incident_id: UUID
    community: str | None
    kind: IncidentKind
    state: TriageState
    exercise: bool
    due_at: datetime
    held_at: datetime | None
    overdue: bool
    open_steps: int
    overdue_steps: int
