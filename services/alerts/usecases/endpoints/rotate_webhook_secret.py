"""An endpoint gets another signing key. The one before signs beside it until its time is over, and then no more.

When it ends is in the row, judged in real time at every attempt. A key that got into wrong hands ends at once: an
overlap of nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.alerts.delivery.secret_box import SecretBox, endpoint_secret_context, previous_secret_context
from services.alerts.delivery.signing import Scheme, new_key, public_key
from services.alerts.domain.visibility import Viewer
from services.alerts.queries.endpoints import visible_endpoint
from services.alerts.tables import EndpointRow
from services.alerts.usecases.endpoints.register_webhook_endpoint import Registered, registered
from shared.kernel.errors import StateConflict
from shared.persistence.transaction import Transaction

_REAL_TIME = "SELECT clock_timestamp() AS now"


@dataclass(frozen=True)
class Rotation:
    """`scheme` None: as before."""

    overlap: timedelta
    scheme: Scheme | None = None


async def rotate_webhook_secret(
    tx: Transaction,
    viewer: Viewer,
    endpoint_id: UUID,
    rotation: Rotation,
    box: SecretBox,
    precondition: Callable[[int], None],
) -> Registered:
    """A rotation during another's overlap ends the oldest key. `precondition` is given the version."""
    await visible_endpoint(tx, viewer, endpoint_id)
    row = await visible_endpoint(tx, viewer, endpoint_id, lock=True)
    precondition(row.version)
    if row.secret_sealed is None:
        raise StateConflict("a text channel has no signing key", state=row.kind)
    await _keep_previous(tx, row, rotation.overlap, box)
    key = new_key(rotation.scheme or _scheme(row))
    row.secret_sealed = box.seal(key, context=endpoint_secret_context(row.id))
    row.public_key = public_key(key)
    row.version += 1
    return registered(row, key)


async def _keep_previous(tx: Transaction, row: EndpointRow, overlap: timedelta, box: SecretBox) -> None:
    now = (await tx.row(_REAL_TIME))["now"]
    row.previous_secret_sealed = row.previous_secret_until = None
    if overlap > timedelta(0) and row.secret_sealed is not None:
        key = box.open(row.secret_sealed, context=endpoint_secret_context(row.id))
        row.previous_secret_sealed = box.seal(key, context=previous_secret_context(row.id))
        row.previous_secret_until = now + overlap


def _scheme(row: EndpointRow) -> Scheme:
    return Scheme.HMAC_SHA256 if row.public_key is None else Scheme.ED25519
