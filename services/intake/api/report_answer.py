"""What is answered to a report."""

from uuid import UUID

from pydantic import BaseModel

from services.intake.api.incident_views import IncidentStateShown
from services.intake.api.parameters import STAFF
from services.intake.current_programme import InForce
from services.intake.usecases.taken import Disposition, Taken
from shared.auth.principal import Principal
from shared.auth.restricted import may_see
from shared.contracts.events.incidents import IncidentSnapshot


class ReportAnswer(BaseModel):
    """`tell_the_caller`: what to say to somebody whose report belongs to others, where it does.

    `incident` is null where it is restricted and the caller may not see it, though the report was taken; of an incident
    that was known already, a machine is told the state alone: others may have told of it, and people have judged it.
    `possible_duplicate_of`: incidents that it may be the same as; a person decides.
    """

    report_id: UUID
    incident_id: UUID
    disposition: Disposition
    incident: IncidentSnapshot | IncidentStateShown | None
    tell_the_caller: str | None = None
    possible_duplicate_of: tuple[UUID, ...] = ()


def answer_of(taken: Taken, in_force: InForce, principal: Principal) -> ReportAnswer:
    incident, alike = taken.incident, [one.known for one in taken.possible_duplicates]
    return ReportAnswer(
        report_id=taken.report_id,
        incident_id=incident.incident_id,
        disposition=taken.disposition,
        incident=_seen(taken, principal),
        tell_the_caller=caller_text(incident, in_force, principal),
        possible_duplicate_of=tuple(one.incident_id for one in alike if may_see(principal, restricted=one.restricted)),
    )


def caller_text(incident: IncidentSnapshot, in_force: InForce, principal: Principal) -> str | None:
    """Nothing where they may not see it: that it went elsewhere says that it is there."""
    return in_force.text_for_caller(incident) if may_see(principal, restricted=incident.restricted) else None


def _seen(taken: Taken, principal: Principal) -> IncidentSnapshot | IncidentStateShown | None:
    incident = taken.incident
    if not may_see(principal, restricted=incident.restricted):
        return None
    if taken.disposition is Disposition.ATTACHED and not principal.has(*STAFF):
        return IncidentStateShown(incident_id=incident.incident_id, state=incident.state)
    return incident
