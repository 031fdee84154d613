"""When one incident may become part of another and how reports are divided again."""

from uuid import UUID

import pytest

from services.intake.domain.merging import (
    Apart,
    BringBack,
    MergeFault,
    Side,
    SplitFault,
    divide,
    fault_of_merging,
)
from shared.kernel.vocabulary import IncidentState

ONE, OTHER, THIRD = (UUID(int=number) for number in (1, 2, 3))
State = IncidentState


def side(incident_id: UUID, state: IncidentState = State.REPORTED, *, exercise: bool = False) -> Side:
    return Side(incident_id, state, exercise)


@pytest.mark.parametrize("state", [state for state in State if state is not State.MERGED])
def test_in_any_state_it_may_turn_out_to_be_another(state: State) -> None:
    assert fault_of_merging(side(ONE, state), side(OTHER, State.ACTIVATED)) is None


@pytest.mark.parametrize(
    ("merged", "survivor", "fault"),
    [
        (side(ONE), side(ONE), MergeFault.ITSELF),
        (side(ONE, State.MERGED), side(OTHER), MergeFault.MERGED_ALREADY),
        (side(ONE), side(OTHER, State.MERGED), MergeFault.INTO_MERGED),
        (side(ONE, exercise=True), side(OTHER), MergeFault.DRILL_AND_REAL),
        (side(ONE, State.ACTIVATED), side(OTHER, State.CLOSED), MergeFault.RESPONSE_WOULD_END),
        (side(ONE, State.ACTIVATED), side(OTHER, State.SCREENED_OUT), MergeFault.RESPONSE_WOULD_END),
        (side(ONE, State.CLOSED), side(OTHER, State.REPORTED), MergeFault.RESPONSE_WOULD_END),
        (side(ONE, State.CLOSED), side(OTHER, State.VERIFIED), MergeFault.RESPONSE_WOULD_END),
        (side(ONE, State.CLOSED), side(OTHER, State.SCREENED_OUT), MergeFault.RESPONSE_WOULD_END),
    ],
)
def test_no_circle_no_drill_and_no_response_that_ends_by_it(merged: Side, survivor: Side, fault: MergeFault) -> None:
    assert fault_of_merging(merged, survivor) is fault


REPORTS = [UUID(int=100 + number) for number in range(5)]
HOMES = dict(zip(REPORTS, (ONE, ONE, OTHER, OTHER, THIRD), strict=True))
PARENTS = {OTHER: ONE, THIRD: OTHER}


@pytest.mark.parametrize(
    ("asked", "divided"),
    [
        (set(), SplitFault.NONE),
        ({ONE}, SplitFault.NOT_ITS_OWN),
        (set(REPORTS), SplitFault.ALL),
        ({REPORTS[2], REPORTS[3], REPORTS[4]}, BringBack(OTHER)),
        ({REPORTS[4]}, BringBack(THIRD)),
        ({REPORTS[2], REPORTS[3]}, Apart()),
        ({REPORTS[0]}, Apart()),
    ],
)
def test_the_reports_of_a_merged_incident_bring_it_back_and_others_are_a_new_one(
    asked: set[UUID], divided: object
) -> None:
    assert divide(asked, HOMES, PARENTS) == divided


def test_of_two_with_the_same_reports_the_one_whose_they_are_goes_on() -> None:
    assert divide({REPORTS[4]}, {REPORTS[0]: ONE, REPORTS[4]: THIRD}, PARENTS) == BringBack(THIRD)
