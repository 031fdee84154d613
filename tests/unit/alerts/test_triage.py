"""When a triage is owed and overdue, what may be recorded of it, and by whom."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.alerts.domain.quiet_hours import QuietHours
from services.alerts.domain.triage import (
    Attending,
    Known,
    Meeting,
    Overdue,
    Owed,
    Recorder,
    Remind,
    RetaliationRisk,
    Step,
    TriageTimes,
    Wait,
    judge,
    may_finish,
    may_read,
    may_record,
    meeting_faults,
    owed,
    step_faults,
)
from shared.kernel.response_words import Attendee, PlanAction, Risk, TriageDecision
from shared.kernel.vocabulary import MayWait

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
DAY, TODAY = timedelta(hours=24), date(2026, 3, 14)
TIMES = TriageTimes(within=DAY, remind_before=timedelta(hours=4))
HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
HERON, STRANGER, KEPT = UUID(int=1), UUID(int=2), UUID(int=3)
KNOWN = Known(workers={HERON}, steps={KEPT})


def test_it_is_owed_a_day_after_the_activation_and_reminded_of_before() -> None:
    assert owed(NOON, NOON, TIMES, None) == Owed(NOON + DAY, NOON + timedelta(hours=20))
    late = NOON + timedelta(hours=23)
    assert owed(NOON, late, TIMES, None) == Owed(NOON + DAY, late)


def test_history_that_is_read_again_owes_nothing() -> None:
    assert owed(NOON, NOON + DAY, TIMES, None) is None
    assert owed(NOON, NOON + DAY - INSTANT, TIMES, None) is not None


def test_a_reminder_comes_once_and_is_not_early() -> None:
    assert judge(NOON + DAY, NOON - INSTANT, remind_at=NOON, quiet=None) == Wait(NOON)
    assert judge(NOON + DAY, NOON, remind_at=NOON, quiet=None) == Remind(NOON + DAY)
    assert judge(NOON + DAY, NOON, remind_at=None, quiet=None) == Wait(NOON + DAY)


@pytest.mark.parametrize("remind_at", [NOON, None])
def test_what_was_not_held_in_time_is_overdue_whether_it_was_reminded_of_or_not(remind_at: datetime | None) -> None:
    assert judge(NOON + DAY, NOON + DAY, remind_at=remind_at, quiet=None) == Overdue()
    assert judge(NOON + DAY, NOON + DAY - INSTANT, remind_at=remind_at, quiet=None) != Overdue()


def test_a_reminder_waits_through_the_quiet_hours_and_what_is_overdue_does_not() -> None:
    quiet = QuietHours(time(7), time(13), frozenset({MayWait.TRIAGE_REMINDER}), ZoneInfo("UTC"))
    eight = NOON - timedelta(hours=4)
    assert owed(NOON - DAY, NOON - DAY, TIMES, quiet) == Owed(NOON, NOON)
    assert owed(eight - timedelta(hours=18), NOON - DAY, TIMES, quiet) == Owed(NOON + timedelta(hours=2), NOON + HOUR)
    assert judge(NOON + DAY, eight, remind_at=eight, quiet=quiet) == Wait(NOON + HOUR)
    assert judge(NOON + DAY, NOON + HOUR, remind_at=eight, quiet=quiet) == Remind(NOON + DAY)
    assert judge(eight, eight, remind_at=None, quiet=quiet) == Overdue()
    assert judge(NOON + DAY, eight, remind_at=eight, quiet=replace(quiet, waits=frozenset())) == Remind(NOON + DAY)


def meeting(**facts: Any) -> Meeting:
    plain: dict[str, Any] = {
        "held_at": NOON,
        "attended_by": (Attending(Attendee.INTERRUPTER, HERON), Attending(Attendee.PARTNER, None)),
        "decisions": (TriageDecision.RESPOND,),
        "risk": RetaliationRisk(Risk.HIGH, Risk.LOW, Risk.NONE),
        "next_steps": (Step(HERON, PlanAction.MEDIATE, TODAY),),
    }
    return Meeting(**plain | facts)


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"held_at": NOON + timedelta(minutes=3)}, "/held_at"),
        ({"held_at": NOON - timedelta(hours=2)}, "/held_at"),
        ({"attended_by": (Attending(Attendee.INTERRUPTER, None),)}, "/attended_by/0/worker_id"),
        ({"attended_by": (Attending(Attendee.SUPERVISOR, STRANGER),)}, "/attended_by/0/worker_id"),
        ({"next_steps": (Step(STRANGER, PlanAction.MEDIATE, TODAY),)}, "/next_steps/0/owner_id"),
        ({"next_steps": (Step(HERON, PlanAction.MEDIATE, TODAY - timedelta(days=1)),)}, "/next_steps/0/due_on"),
        ({"next_steps": (Step(HERON, PlanAction.MEDIATE, TODAY + timedelta(days=400)),)}, "/next_steps/0/due_on"),
    ],
)
def test_what_cannot_have_been_is_told_by_field(facts: dict[str, Any], pointer: str) -> None:
    found = meeting_faults(meeting(**facts), activated_at=NOON - timedelta(hours=1), now=NOON, day=TODAY, known=KNOWN)
    assert [fault.pointer for fault in found] == [pointer]


def test_a_sound_meeting_has_no_faults() -> None:
    assert meeting_faults(meeting(), activated_at=NOON, now=NOON, day=TODAY, known=KNOWN) == ()


def test_a_step_that_is_kept_may_be_of_a_day_that_is_over_and_is_named_once() -> None:
    kept = Step(HERON, PlanAction.MEDIATE, TODAY - timedelta(days=3), KEPT)
    unknown = Step(HERON, PlanAction.MEDIATE, TODAY, STRANGER)
    assert step_faults([kept], "/steps", first_day=TODAY, known=KNOWN) == ()
    found = step_faults([kept, kept, unknown], "/steps", first_day=TODAY, known=KNOWN)
    assert [fault.pointer for fault in found] == ["/steps/1/step_id", "/steps/2/step_id"]


OURS, THEIRS = UUID(int=10), UUID(int=11)
SUPERVISOR, OFFICE = Recorder("s", supervises=OURS), Recorder("o", is_office=True)
WORKER = Recorder("w", worker=HERON)


def test_it_is_recorded_by_the_supervisors_concerned_and_the_office() -> None:
    assert may_record(OFFICE, {THEIRS})
    assert may_record(SUPERVISOR, {OURS, THEIRS})
    assert not may_record(SUPERVISOR, {THEIRS})
    assert may_record(SUPERVISOR, set())
    assert not may_record(WORKER, set())


def test_a_step_is_finished_by_whoever_has_to_do_it_or_may_record_the_plan() -> None:
    assert may_finish(WORKER, HERON, {OURS})
    assert not may_finish(WORKER, STRANGER, {OURS})
    assert may_finish(SUPERVISOR, STRANGER, {OURS})


def test_it_is_read_by_the_desk_and_by_whoever_is_involved() -> None:
    assert may_read(WORKER, reads_all=False, involved={HERON})
    assert not may_read(WORKER, reads_all=False, involved={STRANGER})
    assert may_read(SUPERVISOR, reads_all=True, involved=())
    assert not may_read(Recorder("x"), reads_all=False, involved={HERON})
