"""Reclassify an incident by a person's decision: its kind, victims, weapon, and who was involved how. The state is
kept: a shooting becomes a homicide long after it was closed.

Unlike a report, a person may also correct downwards. Saying what is known already changes nothing and publishes
nothing.
"""

from collections.abc import Mapping
from uuid import UUID

from services.intake.domain import incident as states
from services.intake.queries.incidents import lock_incident
from services.intake.queries.snapshots import snapshot
from services.intake.tables import IncidentRow
from services.intake.usecases.decided import Decider, allowed, record_decision, standing
from shared.contracts.events.incidents import IncidentReclassified, IncidentSnapshot
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.vocabulary import IncidentKind, IncidentState
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def reclassify_incident(
    tx: Transaction, incident_id: UUID, corrected: Mapping[str, object], decider: Decider
) -> IncidentSnapshot:
    """`corrected`: by the names of the row's columns, only what is to be corrected; None makes a fact unknown. Raises
    Invalid where kind and deaths contradict each other.
    """
    row = await lock_incident(tx, incident_id)
    allowed(states.correct(IncidentState(row.state)), states.CORRECT_THE_OTHER)
    was, was_kind = standing(row), IncidentKind(row.kind)
    changed = {name: value for name, value in corrected.items() if getattr(row, name) != value}
    if not changed:
        return snapshot(row)
    for name, value in changed.items():
        setattr(row, name, value)
    _refuse_contradiction(row)
    row.version += 1
    after = snapshot(row)
    await record_decision(tx, row, was, "reclassify", decider)
    await publish(tx, IncidentReclassified(at=await tx.now(), incident=after, was_kind=was_kind))
    return after


def _refuse_contradiction(row: IncidentRow) -> None:
    if row.killed and row.kind not in {IncidentKind.HOMICIDE, IncidentKind.OTHER}:
        raise Invalid(FieldError("/kind", "must be homicide while somebody is known to have been killed"))
    if row.killed == 0 and row.kind == IncidentKind.HOMICIDE:
        raise Invalid(FieldError("/killed", "cannot be 0 in a homicide"))
