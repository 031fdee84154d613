"""Attach a report to an incident that is known: its source has named it before, or it is certainly the same event.

It is kept as another report, adds what it knows, and is published as `corroborated`; if the incident thereby became of
another kind, `reclassified` follows. An incident nobody has decided on yet is judged by policy once more. One that was
screened out or closed keeps its state: the facts are recorded, a person decides.
"""

from datetime import datetime
from uuid import UUID

from services.intake.current_programme import InForce
from services.intake.domain.incident import UNDECIDED
from services.intake.domain.report import Report
from services.intake.queries.incidents import lock_surviving
from services.intake.queries.snapshots import snapshot
from services.intake.tables import IncidentRow
from services.intake.usecases.add_facts import Addition, add_facts
from services.intake.usecases.apply_policy import activate_by_policy, screen_by_policy
from services.intake.usecases.change_visibility import restrict
from services.intake.usecases.policy_steps import keep_step, take_step
from services.intake.usecases.taken import Disposition, Taken, store_report
from services.intake.usecases.weigh_sources import weigh_another
from shared.contracts.events.incidents import IncidentActivated, IncidentScreenedOut
from shared.kernel.errors import FieldError, Invalid
from shared.persistence.transaction import Transaction


async def attach_report(tx: Transaction, report: Report, in_force: InForce, incident_id: UUID, *, home: UUID) -> Taken:
    """`home`: the incident it is filed under; merged into this one, it takes the report along should that be undone.
    Raises Invalid for a drill's report of a real incident, or the reverse.
    """
    row = await lock_surviving(tx, incident_id)
    if row.exercise is not report.exercise:
        raise Invalid(FieldError("/exercise", "is not what was said of this source_ref before"))
    report_id = await store_report(tx, report, home)
    await weigh_another(tx, row, report, in_force)
    became = await add_facts(tx, row, Addition(report.facts, (report.source_kind,), 1, report_id))
    if became is not None:
        keep_step(tx, became)
    if report.restricted and not row.restricted:
        await restrict(tx, row)
    judged = _judge(row, report, in_force, await tx.now())
    if judged is not None:
        await take_step(tx, judged)
    return Taken(report_id, Disposition.ATTACHED, snapshot(row), others=row.source != report.source)


def _judge(
    row: IncidentRow, report: Report, in_force: InForce, now: datetime
) -> IncidentScreenedOut | IncidentActivated | None:
    """As at opening, while nobody has decided: what turns out to be another door's goes there, and is not dropped.

    A response under way is stood down by a person, never by a feed.
    """
    screened = screen_by_policy(row, in_force, now) if row.state in UNDECIDED else None
    trusted = in_force.trusts(report.source_kind, report.trust)
    return screened or activate_by_policy(row, trusted, in_force, now)
