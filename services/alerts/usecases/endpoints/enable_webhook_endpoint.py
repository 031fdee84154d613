"""An endpoint is called again: with the secret it had. Whoever becomes reachable is asked where nobody was left."""

from uuid import UUID

from services.alerts.domain.visibility import Viewer
from services.alerts.domain.workforce import OwnerKind
from services.alerts.queries.endpoints import visible_endpoint
from services.alerts.tables import EndpointRow
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from services.alerts.usecases.endpoints.note_endpoint_health import forget_endpoint_health
from services.alerts.usecases.endpoints.place_endpoint import place_for
from shared.kernel.errors import AlreadyExists
from shared.messaging.alarms import clear_if_standing
from shared.persistence.transaction import Transaction

_ENABLE = """
UPDATE webhook_endpoints e SET enabled = true, disabled_reason = NULL, version = version + 1
WHERE id = :id AND NOT enabled AND NOT EXISTS (
    SELECT FROM webhook_endpoints o
    WHERE e.owner_kind = 'interrupter' AND o.owner_id = e.owner_id AND o.owner_kind = e.owner_kind AND o.enabled
      AND o.url = e.url)
"""


async def enable_webhook_endpoint(tx: Transaction, viewer: Viewer, endpoint_id: UUID) -> EndpointRow:
    """Repeating it changes nothing. Raises AlreadyExists if the interrupter has this one, or too many."""
    seen = await visible_endpoint(tx, viewer, endpoint_id)
    await ask_to_reconsider(tx)
    if not seen.enabled:
        await place_for(tx, OwnerKind(seen.owner_kind), seen.owner_id, wanted=seen.position)
    changed = await tx.run(_ENABLE, id=endpoint_id)
    row = await visible_endpoint(tx, viewer, endpoint_id, lock=True)
    if not row.enabled:
        raise AlreadyExists("this interrupter has this endpoint already")
    if changed:
        await forget_endpoint_health(tx, row)
        await clear_if_standing(tx, service="alerts", alarm="endpoint_gone", subject=str(endpoint_id))
    return row
