"""An organization's name or main contractor is put right; repeating it changes nothing."""

from uuid import UUID

from services.alerts.queries.organizations import organization_snapshot
from services.alerts.tables import OrganizationRow
from shared.contracts.events.organizations import OrganizationChanged
from shared.kernel.errors import AlreadyExists, NotFound
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

_SAME_NAME = "SELECT id FROM organizations WHERE name = :name AND id <> :id"


async def correct_organization(
    tx: Transaction, organization_id: UUID, *, name: str, subcontractor_of: UUID | None
) -> bool:
    """False if it is just this already. The caller answers for the main contractor being another, known one."""
    row = await tx.get(OrganizationRow, organization_id, lock=True)
    if row is None:
        raise NotFound("no such organization")
    if (row.name, row.subcontractor_of) == (name, subcontractor_of):
        return False
    if await tx.rows(_SAME_NAME, name=name, id=organization_id):
        raise AlreadyExists("another organization has this name")
    row.name, row.subcontractor_of = name, subcontractor_of
    row.version += 1
    await publish(tx, OrganizationChanged(at=await tx.now(), organization=await organization_snapshot(tx, row)))
    return True
