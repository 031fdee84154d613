"""Ask one person: the offer, its event and its message in one transaction. The database refuses a second open offer."""

from enum import StrEnum

from services.alerts.domain.policy import Policy
from services.alerts.domain.ranking import Ranked
from services.alerts.messages import offer_message
from services.alerts.queries.dispatches import Dispatch
from services.alerts.tables import OFFER
from services.alerts.usecases.dispatching.settle_offer import settle_offer
from services.alerts.usecases.messages.queue_delivery import Message, queue_for_interrupter
from shared.contracts.events.dispatches import OfferMade
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import DispatchRole, OfferState
from shared.persistence.transaction import Transaction

# ON CONFLICT: somebody else's dispatch was quicker with this person; the next in the ranking is asked instead. The lock
# of the person's own: whoever is just being asked elsewhere counts as taken too and is not waited for, because two
# dispatches that each hold the other's next person would wait for each other. A drill sees whom a real incident asks or
# has, and a real one does not see the drill, not even its lock: practice takes nobody.
# `late`: a transaction that waited for a lock would otherwise ask with deadlines that have passed already.
_OFFER = """
WITH made AS (
INSERT INTO offers (id, incident_id, role, interrupter_id, tier, distance_m, state, made_at,
                    undelivered_by, acknowledge_by, accept_by, next_action_at, exercise)
SELECT :id, :incident_id, :role, :interrupter_id, :tier, :distance_m, 'open', app_now(),
       app_now() + late + :undelivered_after, app_now() + late + :acknowledge_within,
       app_now() + late + :accept_within,
       app_now() + late + least(:undelivered_after, :acknowledge_within, :accept_within),
       :exercise
FROM (SELECT greatest(clock_timestamp() - transaction_timestamp() - interval '1 second', interval '0') AS late) waited
WHERE pg_try_advisory_xact_lock(hashtextextended(CAST(CAST(:interrupter_id AS uuid) AS text),
                                                 CASE WHEN :exercise THEN 7283004 ELSE 7283003 END))
  AND NOT EXISTS (SELECT FROM assignments WHERE interrupter_id = :interrupter_id
                  AND state IN ('accepted', 'en_route', 'on_scene') AND exercise <= :exercise)
  AND NOT (:exercise AND EXISTS (SELECT FROM offers WHERE interrupter_id = :interrupter_id
                                 AND state IN ('open', 'acknowledged') AND NOT exercise))
ON CONFLICT (interrupter_id, exercise) WHERE state IN ('open', 'acknowledged') DO NOTHING
RETURNING *
), asked AS (
    UPDATE interrupters SET last_offered_at = app_now() WHERE id = (SELECT interrupter_id FROM made WHERE NOT exercise)
)
SELECT * FROM made
"""


class Asked(StrEnum):
    """`NOT`: taken in the meantime, or to be reached no more. `BESIDE`: asked, but nobody waits for their phone."""

    NOT = "not"
    BESIDE = "beside"
    ASKED = "asked"


async def make_offer(tx: Transaction, dispatch: Dispatch, policy: Policy, role: DispatchRole, choice: Ranked) -> Asked:
    offer_id = new_id()
    row = await tx.row_or_none(
        _OFFER,
        id=offer_id,
        incident_id=dispatch.incident_id,
        role=role.value,
        interrupter_id=choice.interrupter_id,
        tier=choice.tier.value,
        distance_m=choice.distance_m,
        undelivered_after=policy.undelivered_after,
        acknowledge_within=policy.acknowledge_within,
        accept_within=policy.accept_within,
        exercise=dispatch.is_exercise,
    )
    if row is None:
        return Asked.NOT
    content = offer_message(
        dispatch.row.incident,
        offer_id=offer_id,
        role=role,
        acknowledge_by=row["acknowledge_by"],
        accept_by=row["accept_by"],
    )
    message = Message("offer.made", urgent=True, content=content, incident_id=dispatch.incident_id, offer_id=offer_id)
    queued = await queue_for_interrupter(tx, choice.interrupter_id, message)
    offer = dispatch.add_offer(tx, OFFER.read(row))
    await dispatch.record(tx, OfferMade, offer_id=offer_id)
    if not queued.endpoints:
        await settle_offer(tx, dispatch, offer, OfferState.UNDELIVERABLE)
        return Asked.NOT
    if not queued.failing:
        return Asked.ASKED
    offer.bypassed_at, offer.next_action_at = offer.made_at, offer.acknowledge_by
    return Asked.BESIDE
