"""Derive an incident anew from the reports that are its own now. What a person has corrected stays corrected."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from services.intake.current_programme import InForce
from services.intake.domain.activation import activatable_until
from services.intake.domain.facts import Facts
from services.intake.domain.merging import derive
from services.intake.queries.told_reports import Told
from services.intake.tables import IncidentRow
from services.intake.usecases.add_facts import write_facts
from services.intake.usecases.located import located
from services.intake.usecases.weigh_sources import weigh_sources
from shared.kernel.vocabulary import SceneStatus
from shared.persistence.transaction import Transaction

_CORRECTED = """
SELECT DISTINCT jsonb_object_keys(after) AS name FROM decisions
WHERE incident_id = :id AND decision IN ('reclassify', 'relocate', 'update_scene')
  AND decided_as IS DISTINCT FROM 'policy'
"""
_FACTS = frozenset(field.name for field in fields(Facts))


async def rederive(tx: Transaction, row: IncidentRow, told: Sequence[Told], in_force: InForce) -> None:
    """`told`: all its reports, in the order they were taken. The caller counts the version and says so."""
    corrected = await _corrected(tx, row.id)
    facts = derive([one.facts for one in told], {name: getattr(row, name) for name in corrected & _FACTS})
    for name, value in _circumstances(told[0], in_force, threat=facts.active_threat).items():
        if name not in corrected:
            setattr(row, name, value)
    write_facts(row, facts)
    row.report_count = len(told)
    row.sources = list(dict.fromkeys(one.source_kind for one in told))
    await weigh_sources(tx, row, in_force)


async def _corrected(tx: Transaction, incident_id: UUID) -> frozenset[str]:
    """By the names of the row's columns."""
    return frozenset(row["name"] for row in await tx.rows(_CORRECTED, id=incident_id))


def _circumstances(first: Told, in_force: InForce, *, threat: bool) -> dict[str, Any]:
    """Time and place are those of the first report."""
    timing = first.timing
    assert timing.occurred_at is not None  # a report without it is not taken
    return {
        **located(first.point, timing.occurred_at, in_force),
        "accuracy_m": first.accuracy_m,
        "occurred_at": timing.occurred_at,
        "occurred_precision": timing.precision,
        "reported_at": timing.reported_at or first.received_at,
        "activatable_until": activatable_until(timing, in_force.programme.activation),
        "scene_status": SceneStatus.ACTIVE_THREAT if threat else SceneStatus.UNKNOWN,
    }
