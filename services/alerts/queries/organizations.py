"""Organizations with their coverage: reading, replacing, and the snapshot that goes on the topic."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from services.alerts.domain.terms import Term, in_order
from services.alerts.domain.visibility import Viewer
from services.alerts.tables import OrganizationRow
from shared.contracts.events.organizations import Coverage, OrganizationSnapshot
from shared.persistence.transaction import Transaction

_LISTED = """
SELECT id, version, name, subcontractor_of FROM organizations
WHERE (:everything OR id = CAST(:supervised AS uuid))
  AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid))
ORDER BY id LIMIT :limit
"""
_COVERAGE = """
SELECT organization_id, community, from_day, until_day FROM coverage
WHERE organization_id = ANY(CAST(:ids AS uuid[])) ORDER BY organization_id, community, from_day
"""
_FORGET_COVERAGE = "DELETE FROM coverage WHERE organization_id = :id"
_KEEP_COVERAGE = """
INSERT INTO coverage (organization_id, community, from_day, until_day)
SELECT CAST(:id AS uuid), community, from_day, until_day
FROM unnest(CAST(:communities AS text[]), CAST(:from_days AS date[]), CAST(:until_days AS date[]))
    AS term (community, from_day, until_day)
"""


async def list_organizations(
    tx: Transaction, viewer: Viewer, *, after: UUID | None, limit: int
) -> list[OrganizationRow]:
    """What the viewer may see, by id."""
    rows = await tx.rows(
        _LISTED, everything=viewer.sees_everything, supervised=viewer.supervises, after=after, limit=limit
    )
    return [OrganizationRow(**row) for row in rows]


async def coverage_of(tx: Transaction, ids: Iterable[UUID]) -> Mapping[UUID, tuple[Term, ...]]:
    """By organization, in order. An organization without coverage is there, with none."""
    found: dict[UUID, list[Term]] = {one: [] for one in ids}
    for row in await tx.rows(_COVERAGE, ids=list(found)):
        found[row["organization_id"]].append(Term(row["community"], row["from_day"], row["until_day"]))
    return {one: tuple(terms) for one, terms in found.items()}


async def replace_coverage(tx: Transaction, organization_id: UUID, terms: Sequence[Term]) -> bool:
    """False if it is just this already. The caller has locked the organization."""
    kept = (await coverage_of(tx, [organization_id]))[organization_id]
    if kept == in_order(terms):
        return False
    await tx.run(_FORGET_COVERAGE, id=organization_id)
    await tx.run(
        _KEEP_COVERAGE,
        id=organization_id,
        communities=[term.community for term in terms],
        from_days=[term.from_day for term in terms],
        until_days=[term.until_day for term in terms],
    )
    return True


async def organization_snapshot(tx: Transaction, row: OrganizationRow) -> OrganizationSnapshot:
    terms = (await coverage_of(tx, [row.id]))[row.id]
    return OrganizationSnapshot(
        version=row.version,
        organization_id=row.id,
        name=row.name,
        subcontractor_of=row.subcontractor_of,
        coverage=tuple(
            Coverage(community=term.community, from_day=term.from_day, until_day=term.until_day) for term in terms
        ),
    )
