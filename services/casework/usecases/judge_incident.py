"""Holds one stored incident against the rules: withdraws what is void, opens what is asked for and never was opened.

What was withdrawn is owed again when its incident comes back. What was done for an incident that turned out to be
another was done for that one.
"""

from uuid import UUID

from services.casework.domain.follow_ups import FIRST, Fact, FollowedIncident, Wanted, decide
from services.casework.queries.rules import RulesInForce
from services.casework.usecases.follow_triage import TRIAGE, complete_held_triage
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import IncidentKind, IncidentState
from shared.persistence.transaction import Row, Transaction

_INCIDENT = "SELECT * FROM incidents WHERE incident_id = :incident_id FOR UPDATE"
_WITHDRAW = """
UPDATE follow_ups SET state = 'withdrawn', settled_at = app_now()
WHERE incident_id = :incident_id AND state = 'open' AND kind <> ALL(CAST(:kept AS text[]))
"""
_OWED_AGAIN = """
UPDATE follow_ups SET state = 'open', settled_at = NULL, due_at = :due_at
WHERE incident_id = :incident_id AND kind = :kind AND state = 'withdrawn'
"""
# Whoever is at it already finds the incident as it is now: nobody else is asked beside.
_TAKEN_ALONG = """
UPDATE follow_ups f SET occasion = :occasion
WHERE incident_id = :incident_id AND kind = :kind AND state = 'open' AND occasion = 'first' AND NOT EXISTS (
    SELECT FROM follow_ups o WHERE (o.incident_id, o.kind, o.occasion) = (f.incident_id, f.kind, :occasion))
"""
_OPEN = """
INSERT INTO follow_ups (follow_up_id, incident_id, kind, occasion, state, exercise, asked_by, opened_at, due_at)
SELECT :follow_up_id, :incident_id, :kind, :occasion, 'open', :exercise, :asked_by, app_now(), :due_at
WHERE NOT EXISTS (SELECT FROM follow_ups
    WHERE incident_id = :incident_id AND kind = :kind AND :occasion IN (occasion, 'first'))
ON CONFLICT (incident_id, kind, occasion) DO NOTHING
"""
# Whichever of the two comes first: the merged one's end, or what the survivor owes.
_DONE = """
UPDATE follow_ups f SET state = 'completed', settled_at = app_now(), completed_by = d.completed_by
FROM follow_ups d JOIN incidents i ON i.incident_id = d.incident_id
WHERE i.merged_into = :survivor AND d.state = 'completed'
  AND f.incident_id = :survivor AND f.state = 'open' AND (f.kind, f.occasion) = (d.kind, d.occasion)
"""
_JUDGED = "UPDATE incidents SET judged_by = :version WHERE incident_id = :incident_id"


async def judge_incident(tx: Transaction, incident_id: UUID, in_force: RulesInForce) -> None:
    """Once for each snapshot that was stored."""
    row = await tx.row(_INCIDENT, incident_id=incident_id)
    incident = FollowedIncident(
        state=IncidentState(row["state"]),
        kind=IncidentKind(row["kind"]),
        facts=frozenset(fact for fact in Fact if row[fact]),
        occurred_at=row["occurred_at"],
        activated_at=row["activated_at"],
        changed_at=row["changed_at"],
        exercise=row["exercise"],
        doubtful=row["doubtful"],
    )
    decision = decide(in_force.rules, incident)
    if decision.withdraw_open:
        await tx.run(_WITHDRAW, incident_id=incident_id, kept=sorted(decision.kept))
    for wanted in decision.wanted:
        await _owe(tx, row, wanted, in_force.version)
    if any(wanted.kind == TRIAGE for wanted in decision.wanted):
        await complete_held_triage(tx, incident_id)
    await tx.run(_DONE, survivor=row["merged_into"] or incident_id)
    await tx.run(_JUDGED, incident_id=incident_id, version=in_force.version)


async def _owe(tx: Transaction, incident: Row, wanted: Wanted, asked_by: int) -> None:
    """Once per occasion, whoever comes later; the incident's row is locked."""
    about = {"incident_id": incident["incident_id"], "kind": wanted.kind}
    await tx.run(_OWED_AGAIN, **about, due_at=wanted.due_at)
    if wanted.occasion != FIRST:
        await tx.run(_TAKEN_ALONG, **about, occasion=wanted.occasion)
    await tx.run(
        _OPEN,
        **about,
        follow_up_id=new_id(),
        occasion=wanted.occasion,
        exercise=incident["exercise"],
        asked_by=asked_by,
        due_at=wanted.due_at,
    )
