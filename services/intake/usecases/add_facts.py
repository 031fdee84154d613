"""Add to an incident what a further report, or another incident that turned out to be the same, says of it.

In two steps, each with its version: what was added, and what the incident thereby became.
"""

from dataclasses import dataclass
from uuid import UUID

from services.intake.domain.facts import Facts, merge
from services.intake.queries.snapshots import snapshot
from services.intake.tables import IncidentRow
from shared.contracts.events.incidents import IncidentCorroborated, IncidentReclassified
from shared.kernel.vocabulary import IncidentKind, Relationship, SceneStatus, SourceKind, Weapon
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Addition:
    """`sources`: the kinds that say so, the first of them in the report named."""

    facts: Facts
    sources: tuple[SourceKind, ...]
    reports: int
    report_id: UUID


async def add_facts(tx: Transaction, row: IncidentRow, added: Addition) -> IncidentReclassified | None:
    """What it thereby became, if that is another kind."""
    now, known, was_kind = await tx.now(), merge(facts_of(row), added.facts), IncidentKind(row.kind)
    row.report_count += added.reports
    row.sources = list(dict.fromkeys((*row.sources, *added.sources)))
    write_facts(row, known)
    if added.facts.active_threat:
        row.scene_status = SceneStatus.ACTIVE_THREAT
    row.version += 1
    corroborated = IncidentCorroborated(
        at=now,
        incident=snapshot(row).model_copy(update={"kind": was_kind}),
        report_id=added.report_id,
        source=added.sources[0],
        active_threat_said=added.facts.active_threat,
    )
    await publish(tx, corroborated)
    if known.kind is was_kind:
        return None
    row.version += 1
    became = IncidentReclassified(at=now, incident=snapshot(row), was_kind=was_kind)
    await publish(tx, became)
    return became


def facts_of(row: IncidentRow) -> Facts:
    return Facts(
        kind=IncidentKind(row.kind),
        weapon=Weapon(row.weapon),
        relationship=Relationship(row.relationship),
        active_threat=row.active_threat,
        injured=row.injured,
        killed=row.killed,
        juvenile_involved=row.juvenile_involved,
        believed_group_related=row.believed_group_related,
    )


def write_facts(row: IncidentRow, facts: Facts) -> None:
    row.kind, row.weapon, row.relationship = facts.kind, facts.weapon, facts.relationship
    row.active_threat, row.injured, row.killed = facts.active_threat, facts.injured, facts.killed
    row.juvenile_involved = facts.juvenile_involved
    row.believed_group_related = facts.believed_group_related
