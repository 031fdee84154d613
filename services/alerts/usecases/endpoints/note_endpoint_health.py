"""What attempts say about an endpoint. One that fails again and again is told: an alarm, and the person's supervisors.

They are told once, and the desk not at all while it knows that the person cannot be reached. It is over when a message
comes through, or when the endpoint is disabled or enabled by a person.
"""

from uuid import UUID

from services.alerts.domain.breaker import Breaker, BreakerState, after_attempt
from services.alerts.messages import failing_message
from services.alerts.tables import EndpointRow
from services.alerts.usecases.messages.queue_delivery import Message, queue
from shared.messaging.alarms import clear_if_standing, raise_alarm
from shared.persistence.transaction import Row, Transaction

SERVICE, ALARM = "alerts", "endpoint_failing"
_ENDPOINT = """
SELECT id, owner_kind, owner_id, breaker, failures, breaker_since, clock_timestamp() AS now
FROM webhook_endpoints WHERE id = :id FOR NO KEY UPDATE
"""
_KEEP = """
UPDATE webhook_endpoints SET breaker = :breaker, failures = :failures, breaker_since = :since WHERE id = :id
"""
_SUPERVISORS = """
SELECT e.id FROM webhook_endpoints e JOIN interrupters i ON i.organization_id = e.owner_id
WHERE e.enabled AND e.owner_kind = 'supervisor' AND i.id = :interrupter_id
"""
_UNREACHABLE = """
SELECT 1 FROM alarms
WHERE service = 'alerts' AND alarm = 'unreachable_on_duty' AND subject = :owner AND state <> 'cleared'
"""


async def note_endpoint_health(tx: Transaction, endpoint_id: UUID, *, delivered: bool) -> None:
    """Two attempts at once are counted one after the other."""
    row = await tx.row(_ENDPOINT, id=endpoint_id)
    before = Breaker(BreakerState(row["breaker"]), row["failures"], row["breaker_since"])
    after = after_attempt(before, delivered=delivered, at=row["now"])
    if after == before:
        return
    await tx.run(_KEEP, id=endpoint_id, breaker=after.state.value, failures=after.failures, since=after.since)
    if after.state is before.state:
        return
    if after.state is BreakerState.OPEN:
        if row["owner_id"] is None or not await tx.rows(_UNREACHABLE, owner=str(row["owner_id"])):
            await raise_alarm(tx, service=SERVICE, alarm="endpoint_failing", subject=str(endpoint_id))
        await _tell_supervisors(tx, row)
    else:
        await clear_if_standing(tx, service=SERVICE, alarm=ALARM, subject=str(endpoint_id))


async def forget_endpoint_health(tx: Transaction, row: EndpointRow) -> None:
    """A person has taken it in hand: it is judged anew."""
    row.breaker, row.failures, row.breaker_since = BreakerState.CLOSED.value, 0, None
    await clear_if_standing(tx, service=SERVICE, alarm=ALARM, subject=str(row.id))


async def _tell_supervisors(tx: Transaction, endpoint: Row) -> None:
    """Of the person's organization; a desk's own endpoint is told by the alarm alone."""
    if endpoint["owner_kind"] != "interrupter":
        return
    content = failing_message(endpoint["id"], endpoint["owner_id"])
    for supervisor in await tx.rows(_SUPERVISORS, interrupter_id=endpoint["owner_id"]):
        await queue(tx, supervisor["id"], Message("endpoint.failing", urgent=False, content=content))
