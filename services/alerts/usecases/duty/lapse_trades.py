"""A request to trade shifts that nobody answered is over when the first of the shifts begins: whoever asked is told,
and the own supervisors, for the shift stayed whose it was.
"""

from services.alerts.domain.trades import TradeState
from services.alerts.messages import trade_message
from services.alerts.queries.endpoints import supervisors_of
from services.alerts.usecases.duty.request_trade import tell_of_trade
from services.alerts.usecases.messages.queue_delivery import Message, queue
from shared.persistence.transaction import Transaction

_LAPSE = """
UPDATE shift_trades t SET state = 'lapsed', settled_by = 'clock', settled_at = app_now() FROM interrupters i
WHERE t.id = (SELECT id FROM shift_trades WHERE state = 'requested' AND lapses_at <= app_now()
              ORDER BY lapses_at LIMIT 1 FOR UPDATE SKIP LOCKED) AND i.id = t.requested_by
RETURNING t.id, t.requested_by, i.organization_id
"""


async def lapse_trades(tx: Transaction) -> bool:
    """One; False if there is none that another engine has not taken."""
    lapsed = await tx.row_or_none(_LAPSE)
    if lapsed is None:
        return False
    await tell_of_trade(tx, lapsed["requested_by"], lapsed["id"], TradeState.LAPSED)
    content = trade_message(lapsed["id"], TradeState.LAPSED)
    for endpoint_id in await supervisors_of(tx, lapsed["organization_id"]):
        await queue(tx, endpoint_id, Message("shift_trade.lapsed", urgent=False, content=content))
    return True
