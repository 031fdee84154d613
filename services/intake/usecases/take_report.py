"""Take one report: it is stored unchanged and either opens an incident or supports the one its source already named.

Nothing is stored of a report that cannot be true here: a time still to come, a place outside the programme's city.
"""

from services.intake.current_programme import InForce
from services.intake.domain.report import Report
from services.intake.usecases.attach_report import attach_report
from services.intake.usecases.open_incident import open_incident
from services.intake.usecases.taken import Taken
from shared.kernel.errors import FieldError, Invalid
from shared.persistence.transaction import Transaction


async def take_report(tx: Transaction, report: Report, in_force: InForce) -> Taken:
    """Raises Invalid. Of any number of concurrent reports with one reference exactly one opens the incident."""
    await _refuse_impossible(tx, report, in_force)
    return await open_incident(tx, report, in_force) or await attach_report(tx, report, in_force)


async def _refuse_impossible(tx: Transaction, report: Report, in_force: InForce) -> None:
    latest = await tx.now() + in_force.programme.activation.max_future_skew
    times = (("/occurred_at", report.timing.occurred_at), ("/reported_at", report.timing.reported_at))
    errors = [FieldError(name, "lies in the future") for name, instant in times if instant and instant > latest]
    if not in_force.programme.city.contains(report.point):
        errors.append(FieldError("/location", "is not a place in this programme's city"))
    if errors:
        raise Invalid(*errors)
