"""Attach a report to an incident that is known: its source has named it before, or it is certainly the same event.

It is kept as another report, adds what it knows, and is published as `corroborated`; if the incident thereby became of
another kind, `reclassified` follows. An incident nobody has decided on yet is judged by policy once more, and so is
one that policy itself turned away and would not any more. One that a person screened out, or closed, keeps its state:
the facts are recorded, and a person decides.
"""

from uuid import UUID

from services.intake.current_programme import InForce
from services.intake.domain.report import Report
from services.intake.queries.incidents import lock_surviving
from services.intake.queries.snapshots import snapshot
from services.intake.usecases.add_facts import Addition, add_facts
from services.intake.usecases.apply_policy import judge_anew
from services.intake.usecases.change_visibility import restrict_as_reported
from services.intake.usecases.policy_steps import keep_step
from services.intake.usecases.take_back_screening import take_back_screening
from services.intake.usecases.taken import Disposition, Taken, store_report
from services.intake.usecases.weigh_sources import weigh_another
from shared.kernel.errors import FieldError, Invalid
from shared.persistence.transaction import Transaction


async def attach_report(tx: Transaction, report: Report, in_force: InForce, incident_id: UUID, *, home: UUID) -> Taken:
    """`home`: the incident it is filed under; merged into this one, it takes the report along should that be undone.
    Raises Invalid for a drill's report of a real incident, or the reverse.
    """
    row = await lock_surviving(tx, incident_id)
    if row.exercise is not report.exercise:
        raise Invalid(FieldError("/exercise", "is not what this source said of it before"))
    report_id = await store_report(tx, report, home)
    if report.restricted and not row.restricted:
        await restrict_as_reported(tx, row)  # before more is told of it
    await weigh_another(tx, row, report, in_force)
    became = await add_facts(tx, row, Addition(report.facts, (report.source_kind,), 1, report_id))
    if became is not None:
        keep_step(tx, became)
    await take_back_screening(tx, row, in_force)
    await judge_anew(tx, row, in_force)
    return Taken(report_id, Disposition.ATTACHED, snapshot(row))
