"""The responder's steps: forward, also skipping; never back."""

import pytest

from services.alerts.domain.assignments import Already, GivenBack, Moved, Refused, give_back, move
from shared.kernel.vocabulary import AssignmentState as S


@pytest.mark.parametrize(
    ("state", "to"),
    [(S.ACCEPTED, S.EN_ROUTE), (S.EN_ROUTE, S.ON_SCENE), (S.ON_SCENE, S.CLEARED), (S.ACCEPTED, S.ON_SCENE)],
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


@pytest.mark.parametrize("state", [S.ACCEPTED, S.EN_ROUTE])
def test_whoever_was_never_there_gives_the_role_back_and_is_not_done(state: S) -> None:
    assert give_back(state, given_back=False) == move(state, S.CLEARED) == GivenBack()


@pytest.mark.parametrize("state", [S.ON_SCENE, S.CLEARED, S.STOOD_DOWN, S.REASSIGNED])
def test_whoever_was_there_or_was_relieved_gives_nothing_back(state: S) -> None:
    assert give_back(state, given_back=False) == Refused(state)


def test_giving_back_again_changes_nothing_and_is_no_way_back() -> None:
    assert give_back(S.STOOD_DOWN, given_back=True) == move(S.STOOD_DOWN, S.CLEARED, given_back=True) == Already()
    assert move(S.STOOD_DOWN, S.EN_ROUTE, given_back=True) == Refused(S.STOOD_DOWN)
