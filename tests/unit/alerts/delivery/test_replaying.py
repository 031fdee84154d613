"""What died is sent again only while what it says still holds."""

from dataclasses import replace
from typing import Any

import pytest

from services.alerts.domain.replaying import Letter, Unsendable, unsendable
from shared.kernel.vocabulary import OfferState

NOTICE = Letter("offer.taken", "dead", True, OfferState.TAKEN, False, None)
OFFER = Letter("offer.made", "dead", True, OfferState.OPEN, False, None)
ORDER = Letter("assignment.made", "dead", True, OfferState.ACCEPTED, True, None)
PAGE = Letter("page.exhausted", "dead", True, None, False, "open")


@pytest.mark.parametrize(
    ("letter", "change", "reason"),
    [
        (NOTICE, {}, None),
        (OFFER, {}, None),
        (OFFER, {"offer": OfferState.ACKNOWLEDGED}, None),
        *((OFFER, {"offer": state}, Unsendable.OFFER_ENDED) for state in set(OfferState) - {"open", "acknowledged"}),
        (ORDER, {}, None),
        (ORDER, {"assignment_is_active": False}, Unsendable.ASSIGNMENT_ENDED),
        (PAGE, {}, None),
        (PAGE, {"page": "acknowledged"}, Unsendable.PAGE_SETTLED),
        (PAGE, {"page": "cleared"}, Unsendable.PAGE_SETTLED),
        (NOTICE, {"endpoint_is_enabled": False}, Unsendable.ENDPOINT_DISABLED),
        *(
            (NOTICE, {"state": state}, Unsendable.NOT_DEAD)
            for state in ("pending", "attempting", "retry_scheduled", "delivered", "cancelled", "replayed")
        ),
    ],
)
def test_what_no_longer_holds_is_not_sent_and_the_reason_is_said(
    letter: Letter, change: dict[str, Any], reason: Unsendable | None
) -> None:
    assert unsendable(replace(letter, **change)) is reason
