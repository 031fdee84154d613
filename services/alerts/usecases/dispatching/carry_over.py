"""Two dispatches turned out to be of one event: whoever was at the one that ended is at the one that goes on.

They said yes to this very event and may be standing there: nobody else is asked for what they have. They are told that
the one is over, and urgently that they have the other. What the rules never set aside keeps somebody out here too.
"""

from uuid import UUID

from services.alerts.domain.eligibility import hindrances
from services.alerts.domain.override import Permitted, permit
from services.alerts.queries.dispatches import Dispatch
from services.alerts.queries.standing import Standing, standing
from services.alerts.usecases.responding.give_role import give_role
from shared.contracts.events.dispatches import OfferAccepted
from shared.kernel.vocabulary import DispatchRole
from shared.persistence.transaction import Transaction

_IN_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('carry_over ' || CAST(:survivor AS text), 0))"
# Those whom the end of a merged dispatch freed; whoever is there already comes first.
_FREED = """
SELECT a.interrupter_id, a.role FROM assignments a JOIN dispatches d USING (incident_id)
WHERE d.incident ->> 'merged_into' = :survivor AND a.state = 'stood_down' AND a.ended_at = d.closed_at
ORDER BY a.on_scene_at IS NULL, a.accepted_at, a.id
"""


async def in_turn(tx: Transaction, survivor_id: UUID) -> None:
    """The end of the one and the opening of the other come from two partitions, perhaps at once: whichever is second
    sees the first.
    """
    await tx.run(_IN_TURN, survivor=str(survivor_id))


async def carry_over(tx: Transaction, survivor: Dispatch) -> None:
    """The dispatch is locked and goes on; the caller lets what is still wanted be staffed."""
    for freed in await tx.rows(_FREED, survivor=str(survivor.incident_id)):
        await _give(tx, survivor, DispatchRole(freed["role"]), freed["interrupter_id"])


async def _give(tx: Transaction, survivor: Dispatch, role: DispatchRole, interrupter_id: UUID) -> None:
    person = await standing(tx, survivor, role, interrupter_id)
    if person is None or not _may_go_on(person):
        return
    wanted = person.policy.roles.get(role, 0)
    if survivor.stand(role, wanted).filled < wanted:
        made = await give_role(tx, survivor, role, person)
        await survivor.record(tx, OfferAccepted, offer_id=made.offer_id)


def _may_go_on(person: Standing) -> bool:
    found = hindrances(person.candidate, person.need, person.policy)
    return isinstance(permit(found, found), Permitted)
