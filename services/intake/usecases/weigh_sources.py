"""Weigh anew how well an incident is known, after its reports changed. What a person confirmed stays confirmed."""

from services.intake.current_programme import InForce
from services.intake.domain.report import Report
from services.intake.domain.verification import Voice, weigh
from services.intake.tables import IncidentRow
from shared.kernel.vocabulary import SourceKind, Verification
from shared.persistence.transaction import Transaction

_VOICES = "SELECT DISTINCT source, source_kind, source_ref FROM reports WHERE incident_id = :id"


def weigh_first(report: Report, in_force: InForce) -> Verification:
    """Of one report alone."""
    voice = Voice(report.source, report.source_kind, report.source_ref)
    return weigh([voice], in_force.programme.activation.trusted_sources, confirmed=False)


async def weigh_another(tx: Transaction, row: IncidentRow, report: Report, in_force: InForce) -> None:
    """After `report` was attached. Whoever opened the incident makes it no better known by saying more, once that
    source counts at all: its many updates cost no look at the others.
    """
    if report.source != row.source or row.verification == Verification.UNVERIFIED:
        await weigh_sources(tx, row, in_force)


async def weigh_sources(tx: Transaction, row: IncidentRow, in_force: InForce) -> None:
    """After its reports changed in whatever way. The row is locked; the caller counts its version and says so."""
    voices = [
        Voice(said["source"], SourceKind(said["source_kind"]), said["source_ref"])
        for said in await tx.rows(_VOICES, id=row.id)
    ]
    confirmed = row.verification == Verification.CONFIRMED
    row.verification = weigh(voices, in_force.programme.activation.trusted_sources, confirmed=confirmed)
