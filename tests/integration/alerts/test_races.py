"""Many at once on the real database: never a double booking, never more than the quota, never a lost yes."""

import asyncio
import random
from uuid import UUID

from services.alerts.usecases.answer_offer import accept_offer, decline_offer
from services.alerts.usecases.escalate_unanswered_offers import escalate_unanswered_offers
from shared.kernel.errors import Refused
from shared.kernel.vocabulary import DeclineReason
from shared.persistence.transaction import Transaction
from tests.integration.alerts.conftest import AlertsAlone

_BOOKINGS = """
SELECT interrupter_id, count(*) AS n FROM assignments WHERE state IN ('accepted', 'en_route', 'on_scene')
GROUP BY interrupter_id HAVING count(*) > 1
"""
_OVER_QUOTA = "SELECT incident_id FROM assignments GROUP BY incident_id, role HAVING count(*) > 1"
_LOST = """
SELECT o.id FROM offers o LEFT JOIN assignments a ON a.offer_id = o.id
WHERE (o.state = 'accepted') <> (a.id IS NOT NULL)
"""
_STUCK = """
SELECT d.incident_id FROM dispatches d WHERE d.state = 'open'
AND NOT EXISTS (SELECT FROM offers o WHERE o.incident_id = d.incident_id AND o.state IN ('open', 'acknowledged'))
"""


class Crowd:
    """Taps and deadlines at once; `accepted` holds the offers whose yes was answered with success."""

    def __init__(self, alone: AlertsAlone) -> None:
        self._db = alone.world.alerts_db
        self.accepted: set[UUID] = set()

    async def one(self, offer: UUID, what: str) -> None:
        try:
            await self._db.retrying(lambda tx: _act(tx, offer, what))
        except Refused:
            return
        if what == "accept":
            self.accepted.add(offer)

    async def all_at_once(self, chance: random.Random) -> None:
        async with self._db.transaction() as tx:
            offers = [row["id"] for row in await tx.rows("SELECT id FROM offers WHERE state <> 'accepted'")]
        moves = [(offer, what) for offer in offers for what in ("accept", "decline", "expire", "accept")]
        chance.shuffle(moves)
        await asyncio.gather(*(self.one(offer, what) for offer, what in moves[:60]))


async def _act(tx: Transaction, offer: UUID, what: str) -> None:
    match what:
        case "accept":
            await accept_offer(tx, offer)
        case "decline":
            await decline_offer(tx, offer, DeclineReason.OTHER)
        case "expire":
            await escalate_unanswered_offers(tx)


async def test_racing_answers_and_deadlines_never_book_twice_nor_lose_a_yes(alone: AlertsAlone) -> None:
    crowd, chance = Crowd(alone), random.Random(7)
    for number in range(12):
        await alone.world.on_duty(f"bird-{number}", km=1 + number / 10)
    for _ in range(10):
        await alone.incident()
    for round_ in range(6):
        await alone.world.deployment.advance(seconds=125 if round_ % 2 else 0)
        await crowd.all_at_once(chance)
    async with alone.world.alerts_db.transaction() as tx:
        for rule in (_BOOKINGS, _OVER_QUOTA, _LOST, _STUCK):
            assert not await tx.rows(rule), rule
        kept = {row["offer_id"] for row in await tx.rows("SELECT offer_id FROM assignments")}
    assert kept
    assert crowd.accepted <= kept
