"""Weigh anew how well an incident is known, after its reports changed. What a person confirmed stays confirmed."""

from services.intake.current_programme import InForce
from services.intake.domain.report import Report
from services.intake.domain.verification import Voice, weigh
from services.intake.queries.sources import read_voices
from services.intake.tables import IncidentRow
from shared.kernel.vocabulary import Verification
from shared.persistence.transaction import Transaction


def weigh_first(report: Report, in_force: InForce) -> Verification:
    """Of one report alone."""
    voice = Voice(report.source, report.source_kind, report.source_ref, report.trust)
    return weigh([voice], in_force.programme.activation.trusted_sources, confirmed=False)


async def weigh_another(tx: Transaction, row: IncidentRow, report: Report, in_force: InForce) -> None:
    """After `report` was attached. Where it can make the incident no better known, it costs no look at the others: once
    several tell of it or a person does, or when whoever opened it says more and counts at all.
    """
    told_anew = report.source != row.source and row.verification == Verification.SINGLE_SOURCE
    if told_anew or row.verification == Verification.UNVERIFIED:
        await weigh_sources(tx, row, in_force)


async def weigh_sources(tx: Transaction, row: IncidentRow, in_force: InForce) -> None:
    """After its reports changed in whatever way. The row is locked; the caller counts its version and says so."""
    voices = await read_voices(tx, row.id)
    confirmed = row.verification == Verification.CONFIRMED
    row.verification = weigh(voices, in_force.programme.activation.trusted_sources, confirmed=confirmed)
