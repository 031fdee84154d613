"""What casework knows of workers and organizations: projections of what their own service told."""

from uuid import UUID

from services.casework.domain.custody import Worker
from shared.persistence.transaction import Transaction

_WORKER = "SELECT worker_id, organization_id, active FROM workers WHERE worker_id = :worker"
_ORGANIZATION = "SELECT EXISTS (SELECT FROM organizations WHERE organization_id = :organization) AS known"
_COVERED = """
WITH today AS (
    SELECT (app_now() AT TIME ZONE p.time_zone)::date AS day
    FROM programme_in_force f JOIN programmes p ON p.version = f.version
)
SELECT DISTINCT c.community
FROM organizations o, today, jsonb_to_recordset(o.coverage) AS c (community text, from_day date, until_day date)
WHERE o.organization_id = :organization
  AND c.from_day <= today.day AND (c.until_day IS NULL OR today.day < c.until_day)
"""


async def worker(tx: Transaction, worker_id: UUID) -> Worker | None:
    row = await tx.row_or_none(_WORKER, worker=worker_id)
    return None if row is None else Worker(**row)


async def is_known_organization(tx: Transaction, organization: UUID) -> bool:
    return bool((await tx.row(_ORGANIZATION, organization=organization))["known"])


async def covered_today(tx: Transaction, organization: UUID | None) -> frozenset[str]:
    """The communities it covers on the programme's calendar day; none for no organization."""
    if organization is None:
        return frozenset()
    return frozenset(row["community"] for row in await tx.rows(_COVERED, organization=organization))
