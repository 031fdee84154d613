"""Many at once on the real database: never a double booking, never more than the quota, never a lost yes."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import pytest

from services.alerts.domain.override import Desk, Override
from services.alerts.usecases.dispatching.answer_offer import accept_offer, decline_offer
from services.alerts.usecases.dispatching.escalate_unanswered_offers import escalate_unanswered_offers
from services.alerts.usecases.responding.move_assignment import move_assignment
from services.alerts.usecases.responding.reassign_role import reassign_role
from shared.kernel.errors import Refused
from shared.kernel.vocabulary import (
    AssignmentState,
    Decider,
    DeclineReason,
    DispatchRole,
    LeftOut,
    OverrideReason,
)
from shared.persistence.transaction import Transaction
from tests.integration.alerts.conftest import AlertsAlone

_BOOKINGS = """
SELECT interrupter_id FROM assignments WHERE state IN ('accepted', 'en_route', 'on_scene')
GROUP BY interrupter_id HAVING count(*) > 1
"""
_ASKED_TWICE = """
SELECT interrupter_id FROM offers WHERE state IN ('open', 'acknowledged') GROUP BY interrupter_id HAVING count(*) > 1
"""
_OVER_QUOTA = """
SELECT incident_id FROM assignments WHERE state IN ('accepted', 'en_route', 'on_scene', 'cleared')
GROUP BY incident_id, role HAVING count(*) > :quota
"""
_LOST = """
SELECT o.id FROM offers o LEFT JOIN assignments a ON a.offer_id = o.id
WHERE (o.state = 'accepted') <> (a.id IS NOT NULL)
"""
_STUCK = """
SELECT d.incident_id FROM dispatches d WHERE d.state = 'open'
AND NOT EXISTS (SELECT FROM offers o WHERE o.incident_id = d.incident_id AND o.state IN ('open', 'acknowledged'))
"""
_ASKED_IN_VAIN = """
SELECT d.incident_id FROM dispatches d JOIN offers o USING (incident_id)
WHERE d.state = 'staffed' AND o.state IN ('open', 'acknowledged')
"""
_UNSTAFFED = """
SELECT d.incident_id FROM dispatches d WHERE (d.state = 'staffed') <> (:quota = (
    SELECT count(*) FROM assignments a WHERE a.incident_id = d.incident_id
    AND a.state IN ('accepted', 'en_route', 'on_scene', 'cleared')))
"""
# Whoever was relieved was so by a decision that is written down, and the other way round.
_UNEXPLAINED = """
SELECT a.id FROM assignments a LEFT JOIN overrides o ON o.relieved_id = a.id
WHERE (a.state = 'reassigned') <> (o.relieved_id IS NOT NULL)
"""
_RULES = (_BOOKINGS, _ASKED_TWICE, _OVER_QUOTA, _LOST, _STUCK, _ASKED_IN_VAIN, _UNSTAFFED, _UNEXPLAINED)
_DESK = Desk("desk-1", Decider.DISPATCHER)


@dataclass(frozen=True)
class Move:
    """`subject`: an offer, an assignment or, for the desk's decision to send `person`, an incident."""

    what: str
    subject: UUID
    person: UUID | None = None
    instead_of: UUID | None = None


class Crowd:
    """Taps, deadlines and decisions at once; `accepted` holds the offers whose yes was answered with success."""

    def __init__(self, alone: AlertsAlone, chance: random.Random) -> None:
        self._db = alone.world.alerts_db
        self._chance = chance
        self.accepted: set[UUID] = set()

    async def all_at_once(self, *, others: Sequence[str] = ()) -> None:
        """`others`: beside answers and deadlines."""
        moves = [move for move in await self._possible() if move.what in {"accept", "decline", "expire", *others}]
        self._chance.shuffle(moves)
        await asyncio.gather(*(self._one(move) for move in moves[:60]))

    async def _one(self, move: Move) -> None:
        try:
            await self._db.retrying(lambda tx: _act(tx, move))
        except Refused:
            return
        if move.what == "accept":
            self.accepted.add(move.subject)

    async def _possible(self) -> list[Move]:
        async with self._db.transaction() as tx:
            offers = [row["id"] for row in await tx.rows("SELECT id FROM offers WHERE state <> 'accepted'")]
            assignments = await tx.rows("SELECT id, incident_id, interrupter_id FROM assignments")
            incidents = [row["incident_id"] for row in await tx.rows("SELECT incident_id FROM dispatches")]
            people = [row["id"] for row in await tx.rows("SELECT id FROM interrupters ORDER BY id")]
        answers = [Move(what, offer) for offer in offers for what in ("accept", "decline", "expire", "accept")]
        sent = [
            Move("reassign", incident, person) for incident in incidents for person in self._chance.sample(people, 4)
        ]
        sent += [
            Move("reassign", one["incident_id"], self._chance.choice(people), one["interrupter_id"])
            for one in assignments
        ]
        return [*answers, *(Move("clear", one["id"]) for one in assignments), *sent]

    async def break_no_rule(self, quota: int) -> set[UUID]:
        """The offers that have an assignment."""
        async with self._db.transaction() as tx:
            for rule in _RULES:
                assert not await tx.rows(rule, **({"quota": quota} if ":quota" in rule else {})), rule
            return {row["offer_id"] for row in await tx.rows("SELECT offer_id FROM assignments")}


async def _act(tx: Transaction, move: Move) -> None:
    match move:
        case Move("accept", offer):
            await accept_offer(tx, offer)
        case Move("decline", offer):
            await decline_offer(tx, offer, DeclineReason.OTHER)
        case Move("expire"):
            await escalate_unanswered_offers(tx)
        case Move("clear", assignment):
            await move_assignment(tx, assignment, AssignmentState.ON_SCENE)
            await move_assignment(tx, assignment, AssignmentState.CLEARED)
        case Move("reassign", incident, UUID() as person, instead_of):
            wish = Override(DispatchRole.SCENE, person, instead_of, OverrideReason.OTHER, frozenset(LeftOut))
            await reassign_role(tx, incident, wish, _DESK)


@pytest.mark.parametrize(("quota", "parallel"), [(1, 1), (1, 3), (2, 2)])
async def test_racing_answers_and_deadlines_never_book_twice_nor_lose_a_yes(
    alone: AlertsAlone, quota: int, parallel: int
) -> None:
    crowd = await gathered(alone, quota, parallel)
    for round_ in range(6):
        await alone.world.deployment.advance(seconds=125 if round_ % 2 else 0)
        await crowd.all_at_once()
        kept = await crowd.break_no_rule(quota)
        assert crowd.accepted <= kept
    assert crowd.accepted


@pytest.mark.parametrize(("quota", "parallel"), [(1, 1), (2, 2)])
async def test_decisions_by_hand_race_with_answers_and_clearing_and_break_no_rule(
    alone: AlertsAlone, quota: int, parallel: int
) -> None:
    crowd = await gathered(alone, quota, parallel)
    for round_ in range(6):
        await alone.world.deployment.advance(seconds=125 if round_ % 2 else 0)
        await crowd.all_at_once(others=("reassign", "clear"))
        kept = await crowd.break_no_rule(quota)
        assert crowd.accepted <= kept
    async with alone.world.alerts_db.transaction() as tx:
        relieved = await tx.rows("SELECT relieved_id FROM overrides WHERE relieved_id IS NOT NULL")
        cleared = await tx.rows("SELECT id FROM assignments WHERE state = 'cleared'")
    assert relieved
    assert cleared


@pytest.mark.parametrize(("quota", "parallel"), [(1, 1), (1, 2), (2, 2)])
async def test_dispatches_opened_at_once_never_ask_one_person_twice(
    alone: AlertsAlone, quota: int, parallel: int
) -> None:
    await alone.world.asks(roles={"scene": quota}, parallel_offers=parallel)
    for number in range(6):
        await alone.world.on_duty(f"bird-{number}", km=1 + number)
    for _ in range(3):
        await asyncio.gather(*(alone.incident() for _ in range(4)))
        async with alone.world.alerts_db.transaction() as tx:
            assert not await tx.rows(_ASKED_TWICE)
            asked = await tx.row("SELECT count(*) AS people FROM offers WHERE state IN ('open', 'acknowledged')")
            await tx.run("UPDATE offers SET state = 'expired', settled_at = app_now(), next_action_at = NULL")
            await tx.run("UPDATE interrupters SET available_since = app_now() + interval '1 second'")
        assert asked["people"] == min(6, 4 * quota * parallel)


async def gathered(alone: AlertsAlone, quota: int, parallel: int) -> Crowd:
    """Fewer people than ten such incidents want, so that everybody is wanted by several."""
    await alone.world.asks(roles={"scene": quota}, parallel_offers=parallel)
    for number in range(12):
        await alone.world.on_duty(f"bird-{number}", km=1 + number / 10)
    for _ in range(10):
        await alone.incident()
    return Crowd(alone, random.Random(7))
