"""Attach a report to the incident that its source has named before.

The same content again changes nothing. Anything else is kept as another report, adds what it knows, and is published
as `corroborated`; if the incident thereby became a homicide, `reclassified` follows. An incident nobody has decided on
yet is judged by policy once more. One that was screened out, merged or closed keeps its state: the facts are recorded,
a person decides.
"""

from datetime import datetime
from uuid import UUID

from services.intake.current_programme import InForce
from services.intake.domain.facts import Facts, merge
from services.intake.domain.report import Report
from services.intake.queries.incidents import lock_by_reference
from services.intake.queries.snapshots import snapshot
from services.intake.tables import IncidentRow
from services.intake.usecases.apply_policy import activate_by_policy, screen_by_policy
from services.intake.usecases.change_visibility import restrict
from services.intake.usecases.taken import Disposition, Taken, store_report
from services.intake.usecases.weigh_sources import weigh_another
from shared.contracts.events.incidents import (
    IncidentActivated,
    IncidentCorroborated,
    IncidentReclassified,
    IncidentScreenedOut,
)
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.vocabulary import IncidentKind, IncidentState, Relationship, SceneStatus, Weapon
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

_UNDECIDED = frozenset({IncidentState.REPORTED, IncidentState.VERIFIED})
_SAID_BEFORE = """
SELECT id, incident_id FROM reports
WHERE source = :source AND source_ref = :source_ref AND content_sha256 = :content_sha256
"""


async def attach_report(tx: Transaction, report: Report, in_force: InForce) -> Taken:
    """The reference must have its incident. Raises Invalid for a drill's report of a real incident, or the reverse."""
    assert report.source_ref is not None
    if (repeated := await _said_before(tx, report)) is not None:
        return repeated  # without the lock: a thousand repeats need not wait for each other
    row = await lock_by_reference(tx, report.source, report.source_ref)
    if row.exercise is not report.exercise:
        raise Invalid(FieldError("/exercise", "is not what was said of this source_ref before"))
    report_id = await store_report(tx, report, row.id)
    if report_id is None:  # said while this one waited for the lock
        repeated = await _said_before(tx, report)
        assert repeated is not None
        return repeated
    await weigh_another(tx, row, report, in_force)
    await _add(tx, row, report, report_id)
    if report.restricted and not row.restricted:
        await restrict(tx, row)
    judged = _judge(row, report, in_force, await tx.now())
    if judged is not None:
        await publish(tx, judged)
    return Taken(report_id, Disposition.ATTACHED, snapshot(row))


def _judge(
    row: IncidentRow, report: Report, in_force: InForce, now: datetime
) -> IncidentScreenedOut | IncidentActivated | None:
    """As at opening, while nobody has decided: what turns out to be another door's goes there, and is not dropped.

    A response under way is stood down by a person, never by a feed.
    """
    screened = screen_by_policy(row, in_force, now) if row.state in _UNDECIDED else None
    trusted = in_force.trusts(report.source_kind, report.trust)
    return screened or activate_by_policy(row, trusted, in_force, now)


async def _said_before(tx: Transaction, report: Report) -> Taken | None:
    found = await tx.row_or_none(
        _SAID_BEFORE, source=report.source, source_ref=report.source_ref, content_sha256=report.content_sha256
    )
    if found is None:
        return None
    row = await tx.get(IncidentRow, found["incident_id"])
    assert row is not None
    return Taken(found["id"], Disposition.ATTACHED, snapshot(row))


async def _add(tx: Transaction, row: IncidentRow, report: Report, report_id: UUID) -> None:
    """In two steps, each with its version: what the report adds, and what the incident thereby became."""
    now, known, was_kind = await tx.now(), merge(_facts(row), report.facts), IncidentKind(row.kind)
    became_another = known.kind is not was_kind
    row.report_count += 1
    if report.source_kind not in row.sources:
        row.sources = [*row.sources, report.source_kind]
    _write(row, known)
    if report.facts.active_threat:
        row.scene_status = SceneStatus.ACTIVE_THREAT
    row.version += 1
    corroborated = snapshot(row).model_copy(update={"kind": was_kind})
    await publish(
        tx,
        IncidentCorroborated(
            at=now,
            incident=corroborated,
            report_id=report_id,
            source=report.source_kind,
            active_threat_said=report.facts.active_threat,
        ),
    )
    if became_another:
        row.version += 1
        await publish(tx, IncidentReclassified(at=now, incident=snapshot(row), was_kind=was_kind))


def _facts(row: IncidentRow) -> Facts:
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


def _write(row: IncidentRow, facts: Facts) -> None:
    row.kind, row.weapon, row.relationship = facts.kind, facts.weapon, facts.relationship
    row.active_threat, row.injured, row.killed = facts.active_threat, facts.injured, facts.killed
    row.juvenile_involved = facts.juvenile_involved
    row.believed_group_related = facts.believed_group_related
