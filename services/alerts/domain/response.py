"""What somebody who follows the link in a message may do, and how things stand. Total functions that say why.

The page only offers what the API would grant; the same use cases decide when it is done.
"""

from dataclasses import dataclass
from enum import StrEnum

from services.alerts.domain.assignments import ACTIVE
from services.alerts.domain.offers import may_accept, may_acknowledge, may_decline
from shared.kernel.vocabulary import AssignmentState, OfferState


class Deed(StrEnum):
    SEEN = "seen"
    TAKE = "take"
    DECLINE = "decline"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    WELL = "well"
    CLEAR = "clear"
    GIVE_BACK = "give_back"
    HAVE_IT = "have_it"
    AGREE = "agree"


STEPS = {
    Deed.EN_ROUTE: AssignmentState.EN_ROUTE,
    Deed.ON_SCENE: AssignmentState.ON_SCENE,
    Deed.CLEAR: AssignmentState.CLEARED,
}
OF_AN_OFFER = frozenset({Deed.SEEN, Deed.TAKE, Deed.DECLINE, Deed.WELL, Deed.GIVE_BACK, *STEPS})
OF_A_PAGE = frozenset({Deed.HAVE_IT})
OF_A_TEST = frozenset({Deed.SEEN})
OF_A_TRADE = frozenset({Deed.AGREE, Deed.DECLINE})


class Standing(StrEnum):
    """How a question stands towards the person asked. An assignment's state says more than its offer's."""

    ASKED = "asked"
    SEEN = "seen"
    LATE = "late"
    DECLINED = "declined"
    SOMEBODY_ELSE = "somebody_else"
    OVER = "over"
    YOURS = "yours"
    ON_THE_WAY = "on_the_way"
    THERE = "there"
    DONE = "done"
    GAVE_BACK = "gave_back"
    RELIEVED = "relieved"


@dataclass(frozen=True)
class Question:
    offer: OfferState
    assignment: AssignmentState | None
    given_back: bool
    role_is_unfilled: bool
    dispatch_has_ended: bool


_ASSIGNED = {
    AssignmentState.ACCEPTED: Standing.YOURS,
    AssignmentState.EN_ROUTE: Standing.ON_THE_WAY,
    AssignmentState.ON_SCENE: Standing.THERE,
    AssignmentState.CLEARED: Standing.DONE,
    AssignmentState.STOOD_DOWN: Standing.OVER,
    AssignmentState.REASSIGNED: Standing.RELIEVED,
}
_LIVE = {OfferState.OPEN: Standing.ASKED, OfferState.ACKNOWLEDGED: Standing.SEEN}


# While this stands, the person has to find the place.
KNOWS_THE_PLACE = frozenset(
    {Standing.ASKED, Standing.SEEN, Standing.YOURS, Standing.ON_THE_WAY, Standing.THERE},
)


def standing(question: Question) -> Standing:
    if question.given_back:
        return Standing.GAVE_BACK
    if question.assignment is not None:
        return _ASSIGNED[question.assignment]
    if question.dispatch_has_ended or question.offer is OfferState.WITHDRAWN:
        return Standing.OVER
    if not question.role_is_unfilled or question.offer is OfferState.TAKEN:
        return Standing.SOMEBODY_ELSE
    if question.offer is OfferState.DECLINED:
        return Standing.DECLINED
    return _LIVE.get(question.offer, Standing.LATE)


def open_deeds(question: Question) -> tuple[Deed, ...]:
    """In the order in which they are shown. A late yes stands open as long as nobody has the role."""
    if question.assignment is not None:
        return _next_steps(question.assignment)
    if question.dispatch_has_ended:
        return ()
    allowed = {
        Deed.SEEN: may_acknowledge(question.offer),
        Deed.TAKE: may_accept(question.offer, role_is_unfilled=question.role_is_unfilled),
        Deed.DECLINE: may_decline(question.offer),
    }
    return tuple(deed for deed, is_open in allowed.items() if is_open)


def _next_steps(state: AssignmentState) -> tuple[Deed, ...]:
    """Forward alone, as the API has it; who is not there yet may give it back, who is there says that all is well."""
    if state not in ACTIVE:
        return ()
    if state is AssignmentState.ON_SCENE:
        return (Deed.WELL, Deed.CLEAR)
    behind = ACTIVE[ACTIVE.index(state) + 1 :]
    return (*(deed for deed, to in STEPS.items() if to in behind), Deed.GIVE_BACK)
