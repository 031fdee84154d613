"""A test message to one endpoint: signed and sent as a page is, about nothing. Its result is in the delivery log."""

from uuid import UUID

from services.alerts.domain.visibility import Viewer
from services.alerts.messages import test_message
from services.alerts.queries.endpoints import visible_endpoint
from services.alerts.usecases.messages.queue_delivery import Message, queue
from shared.kernel.errors import StateConflict
from shared.persistence.transaction import Transaction

KIND = "endpoint.test"
_UNDER_WAY = """
SELECT state FROM deliveries
WHERE endpoint_id = :id AND kind = :kind AND state IN ('pending', 'attempting', 'retry_scheduled') LIMIT 1
"""


async def try_webhook_endpoint(tx: Transaction, viewer: Viewer, endpoint_id: UUID) -> UUID:
    """The delivery's id. One at a time, so that no page waits behind tests. Raises StateConflict."""
    await visible_endpoint(tx, viewer, endpoint_id)
    row = await visible_endpoint(tx, viewer, endpoint_id, lock=True)
    if not row.enabled:
        raise StateConflict("the endpoint is disabled; enable it first", state="disabled")
    if under_way := await tx.row_or_none(_UNDER_WAY, id=endpoint_id, kind=KIND):
        raise StateConflict("a test of this endpoint is under way", state=under_way["state"])
    queued = await queue(tx, endpoint_id, Message(KIND, urgent=True, content=test_message(endpoint_id)))
    assert queued is not None
    return queued
