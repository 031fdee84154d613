"""What the page behind a link offers, and what it says, is what the API would grant."""

from itertools import product

import pytest

from services.alerts.domain.response import Deed, Question, Standing, open_deeds, standing
from shared.kernel.vocabulary import AssignmentState, OfferState

EVERY = [
    Question(offer, assignment, given_back, unfilled, ended)
    for offer, (assignment, given_back), unfilled, ended in product(
        OfferState,
        [(None, False), (AssignmentState.STOOD_DOWN, True), *((state, False) for state in AssignmentState)],
        [True, False],
        [True, False],
    )
]


def question(
    offer: OfferState = OfferState.OPEN,
    *,
    assignment: AssignmentState | None = None,
    given_back: bool = False,
    unfilled: bool = True,
    ended: bool = False,
) -> Question:
    return Question(offer, assignment, given_back, unfilled, ended)


@pytest.mark.parametrize(
    ("asked", "says", "offers"),
    [
        (question(), Standing.ASKED, (Deed.SEEN, Deed.TAKE, Deed.DECLINE)),
        (question(OfferState.ACKNOWLEDGED), Standing.SEEN, (Deed.TAKE, Deed.DECLINE)),
        (question(OfferState.EXPIRED), Standing.LATE, (Deed.TAKE,)),
        (question(OfferState.UNDELIVERABLE), Standing.LATE, (Deed.TAKE,)),
        (question(OfferState.DECLINED), Standing.DECLINED, (Deed.TAKE,)),
        (question(OfferState.EXPIRED, unfilled=False), Standing.SOMEBODY_ELSE, ()),
        (question(OfferState.TAKEN, unfilled=False), Standing.SOMEBODY_ELSE, ()),
        (question(OfferState.WITHDRAWN), Standing.OVER, ()),
        (question(OfferState.EXPIRED, ended=True), Standing.OVER, ()),
    ],
)
def test_what_is_said_and_offered_about_a_question(asked: Question, says: Standing, offers: tuple[Deed, ...]) -> None:
    assert (standing(asked), open_deeds(asked)) == (says, offers)


@pytest.mark.parametrize(
    ("state", "says", "offers"),
    [
        (AssignmentState.ACCEPTED, Standing.YOURS, (Deed.EN_ROUTE, Deed.ON_SCENE, Deed.GIVE_BACK)),
        (AssignmentState.EN_ROUTE, Standing.ON_THE_WAY, (Deed.ON_SCENE, Deed.GIVE_BACK)),
        (AssignmentState.ON_SCENE, Standing.THERE, (Deed.WELL, Deed.CLEAR)),
        (AssignmentState.CLEARED, Standing.DONE, ()),
        (AssignmentState.STOOD_DOWN, Standing.OVER, ()),
        (AssignmentState.REASSIGNED, Standing.RELIEVED, ()),
    ],
)
def test_whoever_has_the_role_is_offered_the_next_steps(
    state: AssignmentState, says: Standing, offers: tuple[Deed, ...]
) -> None:
    asked = question(OfferState.ACCEPTED, assignment=state, unfilled=False)
    assert (standing(asked), open_deeds(asked)) == (says, offers)


def test_whoever_gave_it_back_is_told_so_and_offered_nothing() -> None:
    asked = question(OfferState.ACCEPTED, assignment=AssignmentState.STOOD_DOWN, given_back=True)
    assert (standing(asked), open_deeds(asked)) == (Standing.GAVE_BACK, ())


@pytest.mark.parametrize("asked", EVERY)
def test_there_is_a_word_for_every_case_and_nobody_is_called_to_what_is_over(asked: Question) -> None:
    says = standing(asked)
    if says in {Standing.OVER, Standing.SOMEBODY_ELSE, Standing.DONE, Standing.GAVE_BACK, Standing.RELIEVED}:
        assert Deed.TAKE not in open_deeds(asked)
