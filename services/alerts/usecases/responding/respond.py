"""What somebody does through the link in a message: the same use cases as through the API, for that one person.

Repeating a deed changes nothing; a late one follows the API's rules.
"""

from uuid import UUID

from services.alerts.domain.response import OF_A_PAGE, OF_A_TEST, OF_A_TRADE, OF_AN_OFFER, STEPS, Deed
from services.alerts.domain.trades import TradeState
from services.alerts.domain.visibility import Viewer
from services.alerts.queries.responses import Linked, asked
from services.alerts.usecases.dispatching.answer_offer import accept_offer, acknowledge_offer, decline_offer
from services.alerts.usecases.duty.settle_trade import settle_trade
from services.alerts.usecases.messages.acknowledge_test_page import acknowledge_test_page
from services.alerts.usecases.paging.settle_page import acknowledge_page
from services.alerts.usecases.responding.check_in import check_in
from services.alerts.usecases.responding.give_back_role import give_back_role
from services.alerts.usecases.responding.move_assignment import move_assignment
from shared.kernel.errors import FieldError, Invalid, StateConflict
from shared.kernel.vocabulary import DeclineReason
from shared.persistence.transaction import Transaction


async def respond(tx: Transaction, linked: Linked, deed: Deed, reason: DeclineReason | None) -> None:
    """Raises Invalid for a deed that this link is not for, StateConflict and NotEligible as the API does."""
    if deed not in _for(linked):
        raise Invalid(FieldError("/do", "is nothing that this link is for"))
    if linked.test_page_id is not None and linked.owner_id is not None:
        await acknowledge_test_page(tx, linked.test_page_id, linked.owner_id)
        return
    if linked.page_id is not None:
        await acknowledge_page(tx, linked.page_id, by=f"{linked.owner_kind}/{linked.endpoint_id}")
        return
    if linked.trade_id is not None:
        wanted = TradeState.EFFECTIVE if deed is Deed.AGREE else TradeState.DECLINED
        person = Viewer(worker=linked.owner_id)
        await settle_trade(tx, person, linked.trade_id, wanted, f"{linked.owner_kind}/{linked.endpoint_id}")
        return
    assert linked.offer_id is not None
    if deed in STEPS or deed in {Deed.WELL, Deed.GIVE_BACK}:
        await _report(tx, linked.offer_id, deed)
    else:
        await _answer(tx, linked.offer_id, deed, reason)


def _for(linked: Linked) -> frozenset[Deed]:
    """What was said and asks nothing is for nothing."""
    if linked.test_page_id is not None:
        return OF_A_TEST
    if linked.page_id is not None:
        return OF_A_PAGE
    if linked.offer_id is not None:
        return OF_AN_OFFER
    return OF_A_TRADE if linked.trade_id is not None and linked.owner_kind == "interrupter" else frozenset()


async def _answer(tx: Transaction, offer_id: UUID, deed: Deed, reason: DeclineReason | None) -> None:
    if deed is Deed.SEEN:
        await acknowledge_offer(tx, offer_id)
    elif deed is Deed.TAKE:
        await accept_offer(tx, offer_id)
    elif reason is None:
        raise Invalid(FieldError("/reason", "is needed"))
    else:
        await decline_offer(tx, offer_id, reason)


async def _report(tx: Transaction, offer_id: UUID, deed: Deed) -> None:
    about = await asked(tx, offer_id)
    if about.assignment_id is None:
        raise StateConflict("you do not have this role", state=about.question.offer)
    if deed is Deed.WELL:
        await check_in(tx, about.assignment_id)
    elif deed is Deed.GIVE_BACK:
        await give_back_role(tx, about.assignment_id)
    else:
        await move_assignment(tx, about.assignment_id, STEPS[deed])
