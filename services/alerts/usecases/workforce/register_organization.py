"""A contractor becomes known, with what it covers."""

from services.alerts.domain.organizations import NewOrganization
from services.alerts.domain.terms import term_faults
from services.alerts.queries.organizations import organization_snapshot, replace_coverage
from services.alerts.tables import OrganizationRow
from shared.contracts.events.organizations import OrganizationRegistered
from shared.kernel.errors import AlreadyExists, FieldError, Invalid
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

_REGISTER = """
INSERT INTO organizations (id, version, name, subcontractor_of) VALUES (:id, 1, :name, CAST(:subcontractor_of AS uuid))
ON CONFLICT DO NOTHING
"""


async def register_organization(tx: Transaction, new: NewOrganization) -> OrganizationRow:
    """Raises AlreadyExists for a known id or name, Invalid for what cannot be kept."""
    if faults := term_faults(new.coverage, "/coverage"):
        raise Invalid(*faults)
    parent = new.subcontractor_of
    if parent is not None and (parent == new.id or await tx.get(OrganizationRow, parent) is None):
        raise Invalid(FieldError("/subcontractor_of", "is not a registered organization"))
    if not await tx.run(_REGISTER, id=new.id, name=new.name, subcontractor_of=parent):
        raise AlreadyExists("an organization with this id or name is registered")
    await replace_coverage(tx, new.id, new.coverage)
    row = OrganizationRow(id=new.id, version=1, name=new.name, subcontractor_of=parent)
    await publish(tx, OrganizationRegistered(at=await tx.now(), organization=await organization_snapshot(tx, row)))
    return row
