"""Derive an incident anew from what is its own now: reports, corrections, and what is merged into it.

A merged one gives what it knew when it was merged, and from then on what is said of it is said of the other.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.intake.current_programme import InForce
from services.intake.domain.activation import activatable_until
from services.intake.domain.derivation import Corrected, Said, derive
from services.intake.queries.past_decisions import read_corrections, read_joined
from services.intake.queries.told_reports import Told, read_told
from services.intake.tables import IncidentRow
from services.intake.usecases.add_facts import write_facts
from services.intake.usecases.located import located
from services.intake.usecases.weigh_sources import weigh_sources
from shared.kernel.geo import Point
from shared.persistence.transaction import Transaction


async def rederive(tx: Transaction, row: IncidentRow, in_force: InForce) -> None:
    """The caller counts the version and says so."""
    told = await read_told(tx, row.id)
    corrections = await read_corrections(tx, row.id)
    said = [Said(one.received_at, one.home, one.facts) for one in told]
    known = derive(row.id, [*said, *corrections, *await read_joined(tx, row.id)])
    first = next((one for one in told if one.home == row.id), told[0])
    for name, value in _circumstances(row.id, first, corrections, in_force).items():
        setattr(row, name, value)
    if row.source != first.source:
        row.source, row.source_ref = first.source, None  # whoever opened it has no part in it any more
    write_facts(row, known.facts)
    row.scene_status = known.scene
    row.report_count = len(told)
    row.sources = list(dict.fromkeys(one.source_kind for one in told))
    await weigh_sources(tx, row, in_force)


def _circumstances(
    incident_id: UUID, first: Told, corrections: Sequence[Corrected], in_force: InForce
) -> dict[str, Any]:
    """Time and place are those of its own first report, unless a person corrected the place. The areas follow."""
    place: dict[str, Any] = {"lat": first.point.lat, "lon": first.point.lon, "accuracy_m": first.accuracy_m}
    for one in corrections:
        if one.home == incident_id:
            place |= {name: value for name, value in one.values.items() if name in place}
    return {
        **located(Point(place["lat"], place["lon"]), first.timing.occurred_at, in_force),
        "accuracy_m": place["accuracy_m"],
        "occurred_at": first.timing.occurred_at,
        "occurred_precision": first.timing.precision,
        "reported_at": first.timing.reported_at or first.received_at,
        "activatable_until": activatable_until(first.timing, in_force.programme.activation),
    }
