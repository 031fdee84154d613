"""The meeting within a day of an activation, and the plan that comes of it: when it is owed, what may be recorded.

Whoever records it is told by field what cannot be; a triage is reminded of once before it is due and told once when
it was not held.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID

from services.alerts.domain.quiet_hours import QuietHours, goes_out_at
from shared.kernel.errors import FieldError
from shared.kernel.response_words import Attendee, PlanAction, Risk, TriageDecision
from shared.kernel.vocabulary import MayWait

# A phone's clock may run ahead by this much.
_SKEW = timedelta(minutes=2)
_LONGEST_STEP = timedelta(days=366)


@dataclass(frozen=True)
class TriageTimes:
    """`within` of the activation it is held; its supervisors are reminded `remind_before` that."""

    within: timedelta
    remind_before: timedelta


@dataclass(frozen=True)
class Owed:
    due_at: datetime
    next_at: datetime


@dataclass(frozen=True)
class Remind:
    next_at: datetime


@dataclass(frozen=True)
class Overdue:
    """Nobody held it: somebody must act. Told once; the page goes on by itself."""


@dataclass(frozen=True)
class Wait:
    until: datetime


def owed(activated_at: datetime, at: datetime, times: TriageTimes, quiet: QuietHours | None) -> Owed | None:
    """None for an activation so long ago that the meeting would be overdue as it is opened: history, read again."""
    due_at = activated_at + times.within
    return None if at >= due_at else Owed(due_at, _by_day(max(at, due_at - times.remind_before), due_at, quiet))


def judge(
    due_at: datetime, at: datetime, *, remind_at: datetime | None, quiet: QuietHours | None
) -> Remind | Overdue | Wait:
    """What time alone does to one that is not held. `remind_at` None: they were reminded. Never early, and that it is
    overdue waits for no morning.
    """
    if at >= due_at:
        return Overdue()
    if remind_at is None or at < remind_at:
        return Wait(remind_at or due_at)
    told_at = _by_day(at, due_at, quiet)
    return Remind(due_at) if told_at <= at else Wait(told_at)


def _by_day(at: datetime, due_at: datetime, quiet: QuietHours | None) -> datetime:
    """A reminder that would come when the meeting is overdue does not come: the page does."""
    return min(goes_out_at(quiet, MayWait.TRIAGE_REMINDER, at), due_at)


def step_overdue_at(due_on: date, zone: tzinfo, quiet: QuietHours | None) -> datetime:
    """When the supervisors of whoever was to do it are told: as its day is over, or in the morning."""
    over = datetime.combine(due_on + timedelta(days=1), time(), tzinfo=zone)
    return goes_out_at(quiet, MayWait.TRIAGE_REMINDER, over)


@dataclass(frozen=True)
class RetaliationRisk:
    immediate: Risk
    ongoing: Risk
    long_term: Risk


@dataclass(frozen=True)
class Attending:
    role: Attendee
    worker_id: UUID | None


@dataclass(frozen=True)
class Step:
    """`step_id`: one that is in the plan already, and is kept with whether it is done."""

    owner_id: UUID
    action: PlanAction
    due_on: date
    step_id: UUID | None = None


@dataclass(frozen=True)
class Meeting:
    held_at: datetime
    attended_by: tuple[Attending, ...]
    decisions: tuple[TriageDecision, ...]
    risk: RetaliationRisk
    next_steps: tuple[Step, ...]


@dataclass(frozen=True)
class Plan:
    risk: RetaliationRisk
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Known:
    """What the rules need beside the record: people known here, and the plan's present steps."""

    workers: Collection[UUID]
    steps: Collection[UUID] = ()


def meeting_faults(
    meeting: Meeting, *, activated_at: datetime, now: datetime, day: date, known: Known
) -> tuple[FieldError, ...]:
    """`day`: the local day on which it was held."""
    faults = []
    if meeting.held_at > now + _SKEW:
        faults.append(FieldError("/held_at", "lies in the future"))
    if meeting.held_at < activated_at:
        faults.append(FieldError("/held_at", "lies before the activation"))
    for place, one in enumerate(meeting.attended_by):
        if one.worker_id is None and one.role is Attendee.INTERRUPTER:
            faults.append(FieldError(f"/attended_by/{place}/worker_id", "is needed for an interrupter"))
        if one.worker_id is not None and one.worker_id not in known.workers:
            faults.append(FieldError(f"/attended_by/{place}/worker_id", "is nobody known here"))
    return (*faults, *step_faults(meeting.next_steps, "/next_steps", first_day=day, known=known))


def step_faults(steps: Sequence[Step], at: str, *, first_day: date, known: Known) -> tuple[FieldError, ...]:
    """`at`: JSON Pointer of the list itself. `first_day`: nothing new is due before it."""
    faults: list[FieldError] = []
    kept: set[UUID] = set()
    for place, step in enumerate(steps):
        if step.owner_id not in known.workers:
            faults.append(FieldError(f"{at}/{place}/owner_id", "is nobody known here"))
        if step.step_id is None and not first_day <= step.due_on <= first_day + _LONGEST_STEP:
            faults.append(FieldError(f"{at}/{place}/due_on", "is not within a year from now"))
        if step.step_id is not None and (step.step_id not in known.steps or step.step_id in kept):
            faults.append(FieldError(f"{at}/{place}/step_id", "is no step of this plan, or is named twice"))
        if step.step_id is not None:
            kept.add(step.step_id)
    return tuple(faults)


@dataclass(frozen=True)
class Recorder:
    """Who is to record something: `supervises` is set only for a supervisor, `worker` only for an interrupter."""

    subject: str
    is_office: bool = False
    supervises: UUID | None = None
    worker: UUID | None = None


def may_record(recorder: Recorder, concerned: Collection[UUID]) -> bool:
    """`concerned`: the organizations covering the community today, and those of whoever was sent. If there are none,
    every supervisor may: the whole office is asked then.
    """
    supervises = recorder.supervises is not None and (not concerned or recorder.supervises in concerned)
    return recorder.is_office or supervises


def may_finish(recorder: Recorder, owner_id: UUID, concerned: Collection[UUID]) -> bool:
    """Whether a step is done is said by who does it, and by who may record the plan."""
    return recorder.worker == owner_id or may_record(recorder, concerned)


def may_read(recorder: Recorder, *, reads_all: bool, involved: Collection[UUID]) -> bool:
    """`involved`: who was sent, took part or has something to do."""
    return reads_all or (recorder.worker is not None and recorder.worker in involved)
