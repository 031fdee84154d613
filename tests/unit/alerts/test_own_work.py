"""One thing at a time for whoever has an incident, and what came of a test for one person."""

from datetime import UTC, datetime, timedelta

import pytest

from services.alerts.domain.own_work import NextStep, Step, next_step
from services.alerts.domain.practice import Outcome, Practised, outcome
from shared.kernel.response_words import CheckInState
from shared.kernel.vocabulary import AssignmentState

DUE = datetime(2026, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("state", "check_in", "expected"),
    [
        (AssignmentState.ACCEPTED, None, NextStep(Step.EN_ROUTE, None)),
        (AssignmentState.EN_ROUTE, None, NextStep(Step.ON_SCENE, None)),
        (AssignmentState.ON_SCENE, CheckInState.DUE, NextStep(Step.CLEAR, None)),
        (AssignmentState.ON_SCENE, CheckInState.WARNED, NextStep(Step.CHECK_IN, DUE)),
        (AssignmentState.ON_SCENE, CheckInState.MISSED, NextStep(Step.CHECK_IN, DUE)),
    ],
)
def test_the_next_step_follows_from_where_somebody_is(
    state: AssignmentState, check_in: CheckInState | None, expected: NextStep
) -> None:
    assert next_step(state, check_in, DUE) == expected


@pytest.mark.parametrize(
    ("practised", "now", "expected"),
    [
        (Practised(1, 1, 1, None, None), DUE, Outcome.WAITING),
        (Practised(1, 1, 0, DUE, None), DUE, Outcome.WAITING),
        (Practised(1, 1, 0, DUE, None), DUE + SECOND, Outcome.SILENT),
        (Practised(1, 1, 0, DUE, DUE), DUE + SECOND, Outcome.ACKNOWLEDGED),
        (Practised(1, 1, 0, None, DUE), DUE, Outcome.ACKNOWLEDGED),
        (Practised(1, 1, 0, DUE, DUE + SECOND), DUE + SECOND, Outcome.ACKNOWLEDGED_LATE),
        (Practised(1, 1, 0, None, None), DUE, Outcome.NOT_DELIVERED),
        (Practised(2, 2, 1, None, None), DUE + SECOND, Outcome.NOT_DELIVERED),
        (Practised(0, 0, 0, None, None), DUE, Outcome.NO_ENDPOINT),
        (Practised(2, 1, 0, None, None), DUE + SECOND, Outcome.FORGOTTEN),
        (Practised(1, 0, 0, None, DUE), DUE + SECOND, Outcome.ACKNOWLEDGED),
    ],
)
def test_what_came_of_a_test(practised: Practised, now: datetime, expected: Outcome) -> None:
    assert outcome(practised, answer_by=DUE, now=now) is expected
