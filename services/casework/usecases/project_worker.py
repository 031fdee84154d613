"""Keeps what casework needs to know of a worker: whose, and whether active. The newer version wins."""

from shared.contracts.events.workers import WorkerEvent
from shared.persistence.transaction import Transaction

_STORE = """
INSERT INTO workers AS w (worker_id, version, organization_id, active)
VALUES (:worker_id, :version, :organization_id, :active)
ON CONFLICT (worker_id) DO UPDATE SET version = EXCLUDED.version, organization_id = EXCLUDED.organization_id,
    active = EXCLUDED.active
WHERE w.version < EXCLUDED.version
"""


async def project_worker(tx: Transaction, event: WorkerEvent) -> None:
    worker = event.worker
    await tx.run(
        _STORE,
        worker_id=worker.worker_id,
        version=worker.version,
        organization_id=worker.organization_id,
        active=worker.active,
    )
