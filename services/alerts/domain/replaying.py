"""Whether a message that died may be sent again. Nobody is told old news: what it says must still hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.alerts.domain.offers import LIVE
from shared.kernel.response_words import CheckInState
from shared.kernel.vocabulary import OfferState


class Unsendable(StrEnum):
    """Why it is not sent again."""

    NOT_DEAD = "not_dead"
    ENDPOINT_DISABLED = "endpoint_disabled"
    OFFER_ENDED = "offer_ended"
    ASSIGNMENT_ENDED = "assignment_ended"
    PAGE_SETTLED = "page_settled"
    NO_LONGER_SO = "no_longer_so"


@dataclass(frozen=True)
class Letter:
    """A message and what it is about, as that is now: the offer's state, whether the assignment stands and what its
    check-in waits for, the page's state, whether there is a threat at the scene; and `is_open`, of what else it may be
    about: a test, a triage, steps of a plan, a trade of shifts, a breaker.
    """

    kind: str
    state: str
    endpoint_is_enabled: bool
    offer: OfferState | None = None
    assignment_is_active: bool = False
    check_in: CheckInState | None = None
    page: str | None = None
    active_threat: bool | None = None
    is_open: bool = False

    @property
    def is_at_it(self) -> bool:
        """Asked, on the way or there: what happens at the scene concerns them."""
        return self.assignment_is_active or self.offer in LIVE


_SO: Mapping[str, Callable[[Letter], bool]] = {
    "check_in.due": lambda one: one.check_in in {CheckInState.WARNED, CheckInState.MISSED},
    "scene.threat": lambda one: one.is_at_it and one.active_threat is True,
    "scene.clear": lambda one: one.is_at_it and one.active_threat is False,
    "scene.moved": lambda one: one.is_at_it,
    **dict.fromkeys(
        ("test_page", "triage.due_soon", "plan_step.overdue", "shift_trade.requested", "endpoint.failing"),
        lambda one: one.is_open,
    ),
}


def unsendable(letter: Letter) -> Unsendable | None:
    """The first reason that holds, or None: it is sent again. That something has ended may still be news."""
    if letter.state != "dead":
        return Unsendable.NOT_DEAD
    if not letter.endpoint_is_enabled:
        return Unsendable.ENDPOINT_DISABLED
    return _over(letter)


def _over(letter: Letter) -> Unsendable | None:
    if letter.kind in {"offer.made", "offer.extended"} and letter.offer not in LIVE:
        return Unsendable.OFFER_ENDED
    if letter.kind == "assignment.made" and not letter.assignment_is_active:
        return Unsendable.ASSIGNMENT_ENDED
    if letter.page not in {None, "open"}:
        return Unsendable.PAGE_SETTLED
    if letter.kind in _SO and not _SO[letter.kind](letter):
        return Unsendable.NO_LONGER_SO
    return None
