"""The names and belongings that numbers are broken down by: areas, organizations, workers."""

from services.reporting.tables import AreaDimension, OrganizationDimension, WorkerDimension
from services.reporting.usecases.keep_newest import keep_newest
from shared.contracts.events.areas import AreaEvent
from shared.contracts.events.organizations import OrganizationEvent
from shared.contracts.events.workers import WorkerEvent
from shared.persistence.transaction import Transaction


async def record_area(tx: Transaction, event: AreaEvent) -> None:
    area = event.area
    row = AreaDimension(
        kind=area.kind,
        area_id=area.area_id,
        version=area.version,
        name=area.name,
        effective_from=area.effective_from,
    )
    await keep_newest(tx, [row])


async def record_organization(tx: Transaction, event: OrganizationEvent) -> None:
    organization = event.organization
    row = OrganizationDimension(
        organization_id=organization.organization_id,
        version=organization.version,
        name=organization.name,
        subcontractor_of=organization.subcontractor_of,
    )
    await keep_newest(tx, [row])


async def record_worker(tx: Transaction, event: WorkerEvent) -> None:
    worker = event.worker
    row = WorkerDimension(
        worker_id=worker.worker_id,
        version=worker.version,
        organization_id=worker.organization_id,
        team_community=worker.team_community,
        floater=worker.floater,
        active=worker.active,
    )
    await keep_newest(tx, [row])
