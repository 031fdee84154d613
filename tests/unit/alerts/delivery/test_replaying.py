"""What died is sent again only while what it says still holds."""

from dataclasses import replace
from typing import Any

import pytest

from services.alerts.domain.replaying import Letter, Unsendable, unsendable
from shared.kernel.response_words import CheckInState
from shared.kernel.vocabulary import OfferState

NOTICE = Letter("offer.taken", "dead", True, offer=OfferState.TAKEN)
OFFER = Letter("offer.made", "dead", True, offer=OfferState.OPEN)
ORDER = Letter("assignment.made", "dead", True, offer=OfferState.ACCEPTED, assignment_is_active=True)
PAGE = Letter("page.exhausted", "dead", True, page="open")
LIFE = Letter("check_in.due", "dead", True, assignment_is_active=True, check_in=CheckInState.WARNED)
THREAT = Letter("scene.threat", "dead", True, assignment_is_active=True, active_threat=True)
MOVED = Letter("scene.moved", "dead", True, offer=OfferState.OPEN)
OF_ONE_THING = ("test_page", "triage.due_soon", "plan_step.overdue", "shift_trade.requested", "endpoint.failing")


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
        (OFFER, {"kind": "offer.extended", "offer": OfferState.EXPIRED}, Unsendable.OFFER_ENDED),
        (LIFE, {}, None),
        (LIFE, {"check_in": CheckInState.DUE}, Unsendable.NO_LONGER_SO),
        (LIFE, {"check_in": None, "assignment_is_active": False}, Unsendable.NO_LONGER_SO),
        (THREAT, {}, None),
        (THREAT, {"active_threat": False}, Unsendable.NO_LONGER_SO),
        (THREAT, {"assignment_is_active": False}, Unsendable.NO_LONGER_SO),
        (THREAT, {"kind": "scene.clear"}, Unsendable.NO_LONGER_SO),
        (THREAT, {"kind": "scene.clear", "active_threat": False}, None),
        (MOVED, {}, None),
        (MOVED, {"offer": OfferState.DECLINED}, Unsendable.NO_LONGER_SO),
        *((NOTICE, {"kind": kind, "is_open": True}, None) for kind in OF_ONE_THING),
        *((NOTICE, {"kind": kind}, Unsendable.NO_LONGER_SO) for kind in OF_ONE_THING),
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
