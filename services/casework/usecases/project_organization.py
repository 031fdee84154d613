"""Keeps what casework needs to know of an organization: that it exists, and what it covers. The newer version wins."""

import json

from shared.contracts.events.organizations import OrganizationEvent
from shared.persistence.transaction import Transaction

_STORE = """
INSERT INTO organizations AS o (organization_id, version, coverage)
VALUES (:organization_id, :version, CAST(:coverage AS jsonb))
ON CONFLICT (organization_id) DO UPDATE SET version = EXCLUDED.version, coverage = EXCLUDED.coverage
WHERE o.version < EXCLUDED.version
"""


async def project_organization(tx: Transaction, event: OrganizationEvent) -> None:
    organization = event.organization
    coverage = json.dumps([each.model_dump(mode="json") for each in organization.coverage])
    await tx.run(
        _STORE,
        organization_id=organization.organization_id,
        version=organization.version,
        coverage=coverage,
    )
