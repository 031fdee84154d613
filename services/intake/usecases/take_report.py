"""Take one report: it is stored unchanged and either opens an incident or supports one that is known.

Nothing is stored of a report that cannot be true here: a time still to come, a place outside the programme's city.
"""

from datetime import datetime

from services.intake.current_programme import InForce
from services.intake.domain.recognition import Recognised, recognise
from services.intake.domain.report import Report
from services.intake.queries.snapshots import snapshot
from services.intake.queries.surroundings import Around, Named, SaidBefore, account, look_around
from services.intake.tables import IncidentRow
from services.intake.usecases.attach_report import attach_report
from services.intake.usecases.open_incident import open_incident
from services.intake.usecases.taken import Disposition, Taken
from shared.kernel.errors import FieldError, Invalid
from shared.persistence.transaction import Transaction


async def take_report(tx: Transaction, report: Report, in_force: InForce) -> Taken:
    """Raises Invalid. Of any number of concurrent reports of one event exactly one opens its incident."""
    await _refuse_impossible(tx, report, in_force)
    rule = in_force.programme.sameness
    match await look_around(tx, report, rule):
        case SaidBefore() as before:
            return await said_again(tx, before)
        case Named(incident_id, home):
            return await attach_report(tx, report, in_force, incident_id, home=home)
        case Around(known):
            recognised = recognise(account(report), known, rule)
    if isinstance(recognised, Recognised):
        return await attach_report(tx, report, in_force, recognised.incident_id, home=recognised.incident_id)
    return await open_incident(tx, report, in_force, recognised.possible)


async def said_again(tx: Transaction, before: SaidBefore) -> Taken:
    """A thousand repeats change nothing, and need not wait for each other."""
    row = await tx.get(IncidentRow, before.incident_id)
    assert row is not None
    return Taken(before.report_id, Disposition.ATTACHED, snapshot(row))


async def _refuse_impossible(tx: Transaction, report: Report, in_force: InForce) -> None:
    errors = impossible(report, in_force, await tx.now())
    if errors:
        raise Invalid(*errors)


def impossible(report: Report, in_force: InForce, now: datetime) -> list[FieldError]:
    """What of it cannot be true here."""
    latest = now + in_force.programme.activation.max_future_skew
    times = (("/occurred_at", report.timing.occurred_at), ("/reported_at", report.timing.reported_at))
    errors = [FieldError(name, "lies in the future") for name, instant in times if instant and instant > latest]
    if not in_force.programme.city.contains(report.point):
        errors.append(FieldError("/location", "is not a place in this programme's city"))
    return errors
