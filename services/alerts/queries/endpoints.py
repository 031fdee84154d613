"""Webhook endpoints with whose they are. The sealed secret is read by the sender alone, not here."""

from collections.abc import Sequence
from uuid import UUID

from services.alerts.domain.visibility import EndpointOwner, Viewer, has_endpoint
from services.alerts.domain.workforce import OwnerKind
from services.alerts.tables import EndpointRow
from shared.kernel.errors import NotFound
from shared.persistence.transaction import Row, Transaction

_LISTED = """
SELECT e.id, e.version, e.owner_kind, e.owner_id, e.kind, e.position, e.service, e.url, e.enabled,
       e.disabled_reason, e.created_at, e.public_key, e.muted, e.previous_secret_until, e.breaker, e.failures,
       e.breaker_since
FROM webhook_endpoints e LEFT JOIN interrupters i ON e.owner_kind = 'interrupter' AND i.id = e.owner_id
WHERE (:everything
       OR (e.owner_kind = 'interrupter'
           AND (i.id = CAST(:worker AS uuid) OR i.organization_id = CAST(:supervised AS uuid)))
       OR (e.owner_kind = 'supervisor' AND e.owner_id = CAST(:supervised AS uuid)))
  AND (CAST(:after AS uuid) IS NULL OR e.id > CAST(:after AS uuid))
ORDER BY e.id LIMIT :limit
"""
_ORGANIZATION_OF_INTERRUPTER = "SELECT organization_id AS id FROM interrupters WHERE id = :id"
_ORGANIZATION = "SELECT id FROM organizations WHERE id = :id"


_SUPERVISORS = "SELECT id FROM webhook_endpoints WHERE enabled AND owner_kind = 'supervisor' AND owner_id = :id"


async def supervisors_of(tx: Transaction, organization_id: UUID) -> list[UUID]:
    """Endpoints that are enabled, all of which ring."""
    return [row["id"] for row in await tx.rows(_SUPERVISORS, id=organization_id)]


async def list_endpoints(tx: Transaction, viewer: Viewer, *, after: UUID | None, limit: int) -> Sequence[Row]:
    """Those the viewer may see, by id."""
    return await tx.rows(
        _LISTED,
        everything=viewer.sees_everything,
        supervised=viewer.supervises,
        worker=viewer.worker,
        after=after,
        limit=limit,
    )


async def endpoint_owner(tx: Transaction, kind: OwnerKind, owner_id: UUID | None) -> EndpointOwner | None:
    """None if there is nobody of that id."""
    if kind is OwnerKind.DUTY_DISPATCHER:
        return EndpointOwner(kind)
    statement = _ORGANIZATION_OF_INTERRUPTER if kind is OwnerKind.INTERRUPTER else _ORGANIZATION
    found = await tx.row_or_none(statement, id=owner_id)
    return None if found is None else EndpointOwner(kind, owner_id, found["id"])


async def visible_endpoint(tx: Transaction, viewer: Viewer, endpoint_id: UUID, *, lock: bool = False) -> EndpointRow:
    """Raises NotFound, in the same words for an unknown id and for a foreign endpoint."""
    row = await tx.get(EndpointRow, endpoint_id, lock=lock)
    owner = None if row is None else await endpoint_owner(tx, OwnerKind(row.owner_kind), row.owner_id)
    if row is None or owner is None or not has_endpoint(viewer, owner):
        raise NotFound("no such endpoint")
    return row
