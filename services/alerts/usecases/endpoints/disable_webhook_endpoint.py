"""An endpoint is no longer called, until somebody enables it again."""

from uuid import UUID

from services.alerts.domain.visibility import Viewer
from services.alerts.queries.endpoints import visible_endpoint
from services.alerts.tables import EndpointRow
from services.alerts.usecases.endpoints.note_endpoint_health import forget_endpoint_health
from shared.persistence.transaction import Transaction

REASON = "by_request"


async def disable_webhook_endpoint(tx: Transaction, viewer: Viewer, endpoint_id: UUID) -> EndpointRow:
    """Repeating it changes nothing, the first reason included."""
    await visible_endpoint(tx, viewer, endpoint_id)
    row = await visible_endpoint(tx, viewer, endpoint_id, lock=True)
    if row.enabled:
        row.enabled = False
        row.disabled_reason = REASON
        row.version += 1
        await forget_endpoint_health(tx, row)
    return row
