"""The responder's steps: forward, also skipping; never back."""

import pytest

from services.alerts.domain.assignments import Already, Moved, Refused, move
from shared.kernel.vocabulary import AssignmentState as S


@pytest.mark.parametrize(
    ("state", "to"),
    [(S.ACCEPTED, S.EN_ROUTE), (S.EN_ROUTE, S.ON_SCENE), (S.ON_SCENE, S.CLEARED), (S.ACCEPTED, S.CLEARED)],
)
def test_forward_is_allowed(state: S, to: S) -> None:
    assert move(state, to) == Moved(to)


@pytest.mark.parametrize("state", [S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE, S.CLEARED])
def test_a_repeated_step_changes_nothing(state: S) -> None:
    assert move(state, state) == Already()


@pytest.mark.parametrize(
    ("state", "to"),
    [
        (S.ON_SCENE, S.EN_ROUTE),
        (S.CLEARED, S.ON_SCENE),
        (S.STOOD_DOWN, S.EN_ROUTE),
        (S.REASSIGNED, S.CLEARED),
        (S.ACCEPTED, S.STOOD_DOWN),
    ],
)
def test_back_or_after_the_end_is_refused_with_the_present_state(state: S, to: S) -> None:
    assert move(state, to) == Refused(state)
