"""Whether a message that died may be sent again. Nobody is told old news: what it says must still hold."""

from dataclasses import dataclass
from enum import StrEnum

from services.alerts.domain.offers import LIVE
from shared.kernel.vocabulary import OfferState


class Unsendable(StrEnum):
    """Why it is not sent again."""

    NOT_DEAD = "not_dead"
    ENDPOINT_DISABLED = "endpoint_disabled"
    OFFER_ENDED = "offer_ended"
    ASSIGNMENT_ENDED = "assignment_ended"
    PAGE_SETTLED = "page_settled"


@dataclass(frozen=True)
class Letter:
    """A message and what it is about: the offer's state, whether the assignment stands, the page's state."""

    kind: str
    state: str
    endpoint_is_enabled: bool
    offer: OfferState | None
    assignment_is_active: bool
    page: str | None


def unsendable(letter: Letter) -> Unsendable | None:
    """The first reason that holds, or None: it is sent again. A notice about something past may still be news."""
    if letter.state != "dead":
        return Unsendable.NOT_DEAD
    if not letter.endpoint_is_enabled:
        return Unsendable.ENDPOINT_DISABLED
    if letter.kind == "offer.made" and letter.offer not in LIVE:
        return Unsendable.OFFER_ENDED
    if letter.kind == "assignment.made" and not letter.assignment_is_active:
        return Unsendable.ASSIGNMENT_ENDED
    if letter.page not in {None, "open"}:
        return Unsendable.PAGE_SETTLED
    return None
