"""Policy takes back that it turned an incident away, once what is told of it is this programme's after all.

What a person turned away stays so and is put before a person (`queries/told_otherwise.py`).
"""

from uuid import UUID

from services.intake.current_programme import InForce
from services.intake.domain import incident as states
from services.intake.queries.snapshots import snapshot
from services.intake.tables import IncidentRow
from services.intake.usecases.apply_policy import is_in_scope
from services.intake.usecases.decided import Decider, record_decision, standing
from shared.contracts.events.incidents import IncidentReopened
from shared.kernel.vocabulary import IncidentState, Verification
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

_BY_POLICY = """
SELECT decided_as = 'policy' AS by_policy FROM decisions
WHERE incident_id = :id AND decision = 'screen_out' ORDER BY version DESC LIMIT 1
"""
_POLICY = Decider("policy", "policy", "reported")


async def take_back_screening(tx: Transaction, row: IncidentRow, in_force: InForce) -> None:
    """The row is locked, and holds what was told. The caller lets policy judge it."""
    if row.state != IncidentState.SCREENED_OUT or not is_in_scope(row, in_force):
        return
    if not await _was_policy(tx, row.id):
        return
    was, was_state = standing(row), IncidentState(row.state)
    confirmed = row.verification == Verification.CONFIRMED
    row.state = states.undecided(confirmed=confirmed)
    row.screened_out_reason = row.route = None
    row.version += 1
    await record_decision(tx, row, was, "reopen", _POLICY)
    await publish(tx, IncidentReopened(at=await tx.now(), incident=snapshot(row), was_state=was_state))


async def _was_policy(tx: Transaction, incident_id: UUID) -> bool:
    found = await tx.row_or_none(_BY_POLICY, id=incident_id)
    return found is not None and bool(found["by_policy"])
