"""Holds one stored incident against the rules: withdraws what is void, opens what is asked for and never was opened."""

from uuid import UUID

from services.casework.domain.follow_ups import ActivatedIncident, Fact, decide
from services.casework.queries.rules import RulesInForce
from services.casework.usecases.follow_triage import TRIAGE, complete_held_triage
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import IncidentKind, IncidentState
from shared.persistence.transaction import Transaction

_INCIDENT = "SELECT * FROM incidents WHERE incident_id = :incident_id FOR UPDATE"
_WITHDRAW = """
UPDATE follow_ups SET state = 'withdrawn', settled_at = app_now()
WHERE incident_id = :incident_id AND state = 'open'
"""
_OPEN = """
INSERT INTO follow_ups (follow_up_id, incident_id, kind, state, exercise, asked_by, opened_at, due_at)
VALUES (:follow_up_id, :incident_id, :kind, 'open', :exercise, :asked_by, app_now(), :due_at)
ON CONFLICT (incident_id, kind) DO NOTHING
"""
_JUDGED = "UPDATE incidents SET judged_by = :version WHERE incident_id = :incident_id"


async def judge_incident(tx: Transaction, incident_id: UUID, in_force: RulesInForce) -> None:
    """Once for each snapshot that was stored."""
    row = await tx.row(_INCIDENT, incident_id=incident_id)
    incident = ActivatedIncident(
        state=IncidentState(row["state"]),
        kind=IncidentKind(row["kind"]),
        facts=frozenset(fact for fact in Fact if row[fact]),
        activated_at=row["activated_at"],
        changed_at=row["changed_at"],
    )
    decision = decide(in_force.rules, incident)
    if decision.withdraw_open:
        await tx.run(_WITHDRAW, incident_id=incident_id)
    for wanted in decision.wanted:
        await tx.run(
            _OPEN,
            follow_up_id=new_id(),
            incident_id=incident_id,
            kind=wanted.kind,
            exercise=row["exercise"],
            asked_by=in_force.version,
            due_at=wanted.due_at,
        )
    if any(wanted.kind == TRIAGE for wanted in decision.wanted):
        await complete_held_triage(tx, incident_id)
    await tx.run(_JUDGED, incident_id=incident_id, version=in_force.version)
