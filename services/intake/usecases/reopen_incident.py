"""Bring an incident back by a person's decision: one that was screened out, or one that was closed.

It goes on as what it was. What nobody has responded to yet is judged by policy again, as to activation: that it is not
the programme's, policy does not say a second time. Nobody is paged for an old crime, whatever it comes back as: policy
has its age, and the dispatch its own.
"""

from uuid import UUID

from services.intake.current_programme import InForce
from services.intake.domain import incident as states
from services.intake.queries.incidents import lock_incident
from services.intake.queries.snapshots import snapshot
from services.intake.usecases.apply_policy import judge_anew
from services.intake.usecases.decided import Decider, allowed, record_decision, standing
from shared.contracts.events.incidents import IncidentReopened, IncidentSnapshot
from shared.kernel.vocabulary import IncidentState, Verification
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def reopen_incident(tx: Transaction, incident_id: UUID, decider: Decider, in_force: InForce) -> IncidentSnapshot:
    row = await lock_incident(tx, incident_id)
    was, was_state = standing(row), IncidentState(row.state)
    activated, confirmed = row.activated_at is not None, row.verification == Verification.CONFIRMED
    moved = states.reopen(was_state, activated=activated, confirmed=confirmed)
    row.state = allowed(moved, "Only what was screened out or closed can be brought back.")
    row.brought_back = row.brought_back or was_state is IncidentState.SCREENED_OUT
    row.screened_out_reason = row.route = None
    row.version += 1
    await record_decision(tx, row, was, "reopen", decider)
    await publish(tx, IncidentReopened(at=await tx.now(), incident=snapshot(row), was_state=was_state))
    await judge_anew(tx, row, in_force)
    return snapshot(row)
