"""What concerns one interrupter now: the question that is open, the incident they have, what was lately, own duty."""

from uuid import UUID

from shared.persistence.transaction import Row, Transaction

# A phone counts as working while it is enabled and the last message to it that came to an end was taken.
_PERSON = """
SELECT i.id AS interrupter_id, i.call_sign, i.organization_id, i.roles, i.team_community, i.active, i.on_duty,
       (SELECT greatest(max(began_at), max(ended_at)) FROM duty_spans WHERE interrupter_id = i.id) AS duty_changed_at,
       i.duty_next_at
FROM interrupters i WHERE i.id = :id
"""
_ASKED = """
SELECT o.id AS offer_id, o.incident_id, o.role, o.state, o.distance_m, o.made_at, o.acknowledge_by, o.accept_by,
       o.acknowledged_at, d.incident
FROM offers o JOIN dispatches d USING (incident_id)
WHERE o.interrupter_id = :id AND o.state IN ('open', 'acknowledged') ORDER BY o.made_at
"""
_HAS = """
SELECT a.id AS assignment_id, a.offer_id, a.incident_id, a.role, a.state, a.accepted_at, a.en_route_at, a.on_scene_at,
       a.check_in_state, a.check_in_due_at, d.incident
FROM assignments a JOIN dispatches d USING (incident_id)
WHERE a.interrupter_id = :id AND a.state IN ('accepted', 'en_route', 'on_scene') ORDER BY a.exercise LIMIT 1
"""
_LATELY = """
SELECT o.id AS offer_id, o.incident_id, o.role, o.state, o.made_at, o.settled_at, o.decline_reason,
       a.state AS assignment_state, a.given_back, a.ended_at, d.incident
FROM offers o JOIN dispatches d USING (incident_id) LEFT JOIN assignments a ON a.offer_id = o.id
WHERE o.interrupter_id = :id AND o.settled_at IS NOT NULL
  AND (a.id IS NULL OR a.state IN ('cleared', 'stood_down', 'reassigned'))
ORDER BY o.made_at DESC LIMIT :limit
"""


async def person(tx: Transaction, interrupter_id: UUID) -> Row | None:
    return await tx.row_or_none(_PERSON, id=interrupter_id)


async def open_questions(tx: Transaction, interrupter_id: UUID) -> list[Row]:
    return list(await tx.rows(_ASKED, id=interrupter_id))


async def present_assignment(tx: Transaction, interrupter_id: UUID) -> Row | None:
    return await tx.row_or_none(_HAS, id=interrupter_id)


async def lately(tx: Transaction, interrupter_id: UUID, *, limit: int) -> list[Row]:
    """The newest first."""
    return list(await tx.rows(_LATELY, id=interrupter_id, limit=limit))
