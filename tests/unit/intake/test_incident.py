"""The whole table of transitions: what is not listed here is refused with the state as it was."""

from collections.abc import Callable
from itertools import product

import pytest

from services.intake.domain import incident
from services.intake.domain.incident import Allowed, Refused
from shared.kernel.vocabulary import IncidentState as State

Verb = Callable[[State], Allowed | Refused]

ALLOWED: dict[tuple[Verb, State], State] = {
    (incident.verify, State.REPORTED): State.VERIFIED,
    (incident.verify, State.ACTIVATED): State.ACTIVATED,
    (incident.verify, State.CLOSED): State.CLOSED,
    (incident.doubt, State.REPORTED): State.REPORTED,
    (incident.doubt, State.VERIFIED): State.VERIFIED,
    (incident.doubt, State.ACTIVATED): State.ACTIVATED,
    (incident.activate, State.REPORTED): State.ACTIVATED,
    (incident.activate, State.VERIFIED): State.ACTIVATED,
    (incident.screen_out, State.REPORTED): State.SCREENED_OUT,
    (incident.screen_out, State.VERIFIED): State.SCREENED_OUT,
    (incident.screen_out, State.ACTIVATED): State.SCREENED_OUT,
    (incident.close, State.ACTIVATED): State.CLOSED,
}
VERBS: tuple[Verb, ...] = (
    incident.verify,
    incident.doubt,
    incident.activate,
    incident.screen_out,
    incident.close,
)


@pytest.mark.parametrize(("verb", "state"), list(product(VERBS, State)))
def test_a_transition_is_allowed_as_listed_and_else_refused_with_the_current_state(verb: Verb, state: State) -> None:
    target = ALLOWED.get((verb, state))
    assert verb(state) == (Refused(state) if target is None else Allowed(target))


@pytest.mark.parametrize("state", list(State))
def test_facts_are_corrected_at_any_time_and_keep_the_state_but_not_of_what_was_merged_away(state: State) -> None:
    assert incident.correct(state) == (Refused(state) if state is State.MERGED else Allowed(state))


def test_what_was_screened_out_or_merged_away_stays_so_for_every_other_verb() -> None:
    final = (State.SCREENED_OUT, State.MERGED)
    assert all(verb(state) == Refused(state) for verb, state in product(VERBS, final))


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize(
    ("activated", "confirmed", "then"),
    [
        (True, True, State.ACTIVATED),
        (True, False, State.ACTIVATED),
        (False, True, State.VERIFIED),
        (False, False, State.REPORTED),
    ],
)
def test_what_was_closed_or_screened_out_comes_back_as_what_it_was(
    state: State, activated: bool, confirmed: bool, then: State
) -> None:
    comes_back = state in (State.CLOSED, State.SCREENED_OUT)
    found = incident.reopen(state, activated=activated, confirmed=confirmed)
    assert found == (Allowed(then) if comes_back else Refused(state))
