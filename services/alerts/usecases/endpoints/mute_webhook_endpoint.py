"""Which notices an endpoint is spared. The list is replaced as a whole; repeating it changes nothing."""

from collections.abc import Callable, Sequence
from uuid import UUID

from services.alerts.domain.muting import message_type, muting_faults
from services.alerts.domain.visibility import Viewer
from services.alerts.domain.workforce import OwnerKind
from services.alerts.queries.endpoints import visible_endpoint
from services.alerts.tables import EndpointRow
from shared.kernel.errors import Invalid
from shared.persistence.transaction import Transaction


async def mute_webhook_endpoint(
    tx: Transaction, viewer: Viewer, endpoint_id: UUID, types: Sequence[str], precondition: Callable[[int], None]
) -> EndpointRow:
    """`precondition` is given the version. Raises Invalid for a message that must not be missed."""
    seen = await visible_endpoint(tx, viewer, endpoint_id)
    if faults := muting_faults(OwnerKind(seen.owner_kind), types, ""):
        raise Invalid(*faults)
    row = await visible_endpoint(tx, viewer, endpoint_id, lock=True)
    precondition(row.version)
    wanted = sorted({message_type(name) for name in types})
    if row.muted != wanted:
        row.muted = wanted
        row.version += 1
    return row
