"""Two dispatches turned out to be of one event: whoever was at the one that ended is at the one that goes on.

They said yes to this very event and may be standing there: nobody else is asked for what they have. They are told that
the one is over, and urgently that they have the other. What the rules never set aside keeps somebody out here too.
"""

from uuid import UUID

from services.alerts.domain.eligibility import hindrances
from services.alerts.domain.override import Permitted, permit
from services.alerts.queries.dispatches import Dispatch
from services.alerts.queries.standing import Standing, standing
from services.alerts.tables import AssignmentRow
from services.alerts.usecases.responding.give_role import give_role
from services.alerts.usecases.responding.keep_check_ins import restart_check_ins
from shared.contracts.events.dispatches import OfferAccepted
from shared.kernel.vocabulary import AssignmentState, DispatchRole
from shared.persistence.transaction import Row, Transaction

_IN_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('carry_over ' || CAST(:survivor AS text), 0))"
# Those whom the end of a merged dispatch freed; whoever is there already comes first.
_FREED = """
SELECT a.interrupter_id, a.role, a.accepted_at, a.en_route_at, a.on_scene_at
FROM assignments a JOIN dispatches d USING (incident_id)
WHERE d.incident ->> 'merged_into' = :survivor AND a.state = 'stood_down' AND a.ended_at = d.closed_at
  AND NOT a.given_back AND d.incident_id = coalesce(CAST(:merged AS uuid), d.incident_id)
ORDER BY a.on_scene_at IS NULL, a.accepted_at, a.id
"""


async def in_turn(tx: Transaction, survivor_id: UUID) -> None:
    """The end of the one and the opening of the other come from two partitions, perhaps at once: whichever is second
    sees the first.
    """
    await tx.run(_IN_TURN, survivor=str(survivor_id))


async def carry_over(tx: Transaction, survivor: Dispatch, *, merged: UUID | None = None) -> None:
    """The dispatch is locked and goes on; the caller lets what is still wanted be staffed. `merged`: the incident that
    turned out to be this one; None: all of them, for a dispatch that has just begun. Those of earlier ones have had
    their turn: whoever the desk has relieved since is not brought back.
    """
    for freed in await tx.rows(_FREED, survivor=str(survivor.incident_id), merged=merged):
        await _give(tx, survivor, DispatchRole(freed["role"]), freed)


async def _give(tx: Transaction, survivor: Dispatch, role: DispatchRole, freed: Row) -> None:
    person = await standing(tx, survivor, role, freed["interrupter_id"])
    if person is None or not _may_go_on(person):
        return
    wanted = person.policy.roles.get(role, 0)
    if survivor.stand(role, wanted).filled < wanted:
        made = await give_role(tx, survivor, role, person)
        await _go_on(tx, survivor, made, freed)
        await survivor.record(tx, OfferAccepted, offer_id=made.offer_id)


async def _go_on(tx: Transaction, survivor: Dispatch, made: AssignmentRow, freed: Row) -> None:
    """From where they were, measured from when they said yes and were there, but never from before the survivor's own
    activation. Whoever is on scene is asked after as before.
    """
    begun = survivor.row.activated_at
    for name in ("accepted_at", "en_route_at", "on_scene_at"):
        if freed[name] is not None:
            setattr(made, name, max(freed[name], begun))
    if made.on_scene_at is not None:
        made.state, made.on_scene_by = AssignmentState.ON_SCENE, None
        await restart_check_ins(tx, survivor, made)
    elif made.en_route_at is not None:
        made.state = AssignmentState.EN_ROUTE


def _may_go_on(person: Standing) -> bool:
    found = hindrances(person.candidate, person.need, person.policy)
    return isinstance(permit(found, found), Permitted)
