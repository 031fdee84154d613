"""What an organization covers is replaced as a whole; repeating it changes nothing."""

from collections.abc import Callable, Sequence
from uuid import UUID

from services.alerts.domain.terms import Term, term_faults
from services.alerts.queries.organizations import organization_snapshot, replace_coverage
from services.alerts.tables import OrganizationRow
from shared.contracts.events.organizations import OrganizationChanged
from shared.kernel.errors import Invalid, NotFound
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


def any_version(_: int) -> None:
    """No precondition."""


async def change_coverage(
    tx: Transaction,
    organization_id: UUID,
    coverage: Sequence[Term],
    *,
    precondition: Callable[[int], None] = any_version,
) -> tuple[OrganizationRow, bool]:
    """The organization, and whether it changed. `precondition` is given the version and raises if it will not do."""
    row = await tx.get(OrganizationRow, organization_id, lock=True)
    if row is None:
        raise NotFound("no such organization")
    precondition(row.version)
    if faults := term_faults(coverage, ""):
        raise Invalid(*faults)
    if not await replace_coverage(tx, row.id, coverage):
        return row, False
    row.version += 1
    await publish(tx, OrganizationChanged(at=await tx.now(), organization=await organization_snapshot(tx, row)))
    return row, True
