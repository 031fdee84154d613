"""Races: seeded interleavings of answers, deadlines, endings and the desk's decisions on the real database.

An interleaving is two to six moves about the same incident or the same person, begun at the same moment or a few
milliseconds apart; several of them go on beside each other, and a real sender with phones that fail now and then goes
on beside all. After each round the rules are asked, and every answer that was given is held against what became of it.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from shared.kernel.errors import NotEligible, Refused
from shared.persistence.database import Database
from shared.persistence.transaction import Row
from tests.support.activations import activated
from tests.support.deployment import Deployment
from tests.support.race_moves import Move, act
from tests.support.race_rules import broken_rules, practice_ends
from tests.support.scripted_phones import ScriptedPhones
from tests.support.senders import sender_of
from tests.support.waiting import a_moment
from tests.support.workforce import COMMUNITIES, MIDDLE

AT_ONCE = 10
FRESH_AFTER = 400
FEWEST_RUNNING = 8
# Longer than somebody has to acknowledge.
SILENCE_S = 125
LATEST_MS = 4.0
# How many of every other incident are drills.
DRILLS = 0.4
_OFFERS = """
SELECT o.id, o.incident_id, o.interrupter_id, o.state IN ('open', 'acknowledged') AS live
FROM offers o JOIN dispatches d USING (incident_id)
WHERE d.state IN ('open', 'exhausted') AND o.state IN ('open', 'acknowledged', 'expired', 'declined', 'undeliverable')
ORDER BY o.id
"""
_ASSIGNMENTS = """
SELECT a.id, a.incident_id, a.interrupter_id FROM assignments a
WHERE a.state IN ('accepted', 'en_route', 'on_scene') ORDER BY a.id
"""
_RUNNING = """
SELECT incident_id, incident FROM dispatches WHERE state NOT IN ('closed', 'stood_down') ORDER BY incident_id
"""
_PEOPLE = "SELECT id FROM interrupters ORDER BY id"
_BEGIN_AFRESH = (
    "TRUNCATE dispatches, pages, outbox, reconsideration_requests CASCADE",
    "UPDATE interrupters SET last_offered_at = NULL, last_cleared_at = NULL, available_since = app_now()",
)
# A refused yes is right if somebody has the role or had it for a moment, all has ended, or the question was taken away.
_WRONGLY_REFUSED = """
SELECT o.id FROM offers o JOIN dispatches d USING (incident_id)
WHERE o.id = ANY(:refused) AND d.state NOT IN ('closed', 'stood_down')
  AND o.state NOT IN ('taken', 'withdrawn', 'accepted') AND :quota > (
    SELECT count(*) FROM assignments a WHERE a.incident_id = o.incident_id
    AND a.state IN ('accepted', 'en_route', 'on_scene', 'cleared', 'stood_down'))
"""
_LOST = """
SELECT id FROM unnest(CAST(:accepted AS uuid[])) AS t (id) WHERE id NOT IN (SELECT offer_id FROM assignments)
"""
_NOT_CLEARED = "SELECT id FROM assignments WHERE id = ANY(:cleared) AND state <> 'cleared' AND NOT given_back"


class RuleBroken(AssertionError):
    """Names the rule, the seed and the round in which it was seen."""


@dataclass
class Scene:
    """What there is to race about."""

    offers: list[Row]
    assignments: list[Row]
    running: list[Row]
    people: list[UUID]


@dataclass
class Races:
    """`quota`: wanted for the one role."""

    deployment: Deployment
    db: Database
    seed: int
    quota: int
    interleavings: int = 0
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._accepted: set[UUID] = set()
        self._refused: set[UUID] = set()
        self._cleared: set[UUID] = set()

    async def run(self, count: int) -> None:
        """Raises RuleBroken."""
        while self.interleavings < count:
            until = min(count, self.interleavings + FRESH_AFTER)
            await self._begin_afresh()
            sending = asyncio.create_task(self._send())
            try:
                while self.interleavings < until:
                    await self._round(min(AT_ONCE, until - self.interleavings))
            finally:
                sending.cancel()
                with suppress(asyncio.CancelledError):
                    await sending

    async def _begin_afresh(self) -> None:
        async with self.db.transaction() as tx:
            for statement in _BEGIN_AFRESH:
                await tx.run(statement)
        for answers in (self._accepted, self._refused, self._cleared):
            answers.clear()

    async def _send(self) -> None:
        sender = sender_of(self.deployment, self.db, ScriptedPhones(self._chance.random()))
        try:
            await sender.run(asyncio.Event())
        finally:
            await sender.drain()

    async def _round(self, count: int) -> None:
        if self._chance.random() < 0.3:
            await self.deployment.advance(seconds=SILENCE_S)
        scene = await self._scene()
        raced = [self._interleaving(scene) for _ in range(count)]
        async with asyncio.TaskGroup() as all_at_once:
            for move in (move for moves in raced for move in moves):
                all_at_once.create_task(self._one(move))
        self.interleavings += count
        await self._judge()

    async def _scene(self) -> Scene:
        async with self.db.transaction() as tx:
            return Scene(
                list(await tx.rows(_OFFERS)),
                list(await tx.rows(_ASSIGNMENTS)),
                list(await tx.rows(_RUNNING)),
                [row["id"] for row in await tx.rows(_PEOPLE)],
            )

    # which moves race

    def _interleaving(self, scene: Scene) -> list[Move]:
        kinds: list[Callable[[Scene], list[Move]]] = [self._opening]
        if len(scene.running) >= FEWEST_RUNNING:
            kinds = [self._ending]
        if scene.offers:
            kinds += [self._answers, self._answers, self._of_one_person]
        if scene.assignments:
            kinds += [self._working, self._desk]
        return self._chance.choice(kinds)(scene)

    def _opening(self, _: Scene) -> list[Move]:
        lat, lon = (one + self._chance.uniform(-0.01, 0.01) for one in MIDDLE)
        now, drill = datetime.now(UTC) + self.deployment.offset, self._chance.random() < DRILLS
        opened = [
            activated(now, community=COMMUNITIES[0], lat=lat, lon=lon, exercise=exercise) for exercise in (False, drill)
        ]
        return [*(self._move("follow", event=event) for event in opened), self._move("expire")]

    def _answers(self, scene: Scene) -> list[Move]:
        """To all questions about one incident, the same answer twice and another one among them."""
        incident = self._chance.choice(scene.offers)["incident_id"]
        about = [one["id"] for one in scene.offers if one["incident_id"] == incident]
        asked = self._chance.sample(about, min(3, len(about)))
        moves = [self._move(what, one) for one in asked for what in self._chance.sample(_ANSWERS, 2)]
        return [*moves, self._move("expire"), self._move("reconsider")][:6]

    def _of_one_person(self, scene: Scene) -> list[Move]:
        """Says yes to everything that was ever asked: the latest questions and the expired ones at once."""
        person = self._chance.choice(scene.offers)["interrupter_id"]
        asked = [one["id"] for one in scene.offers if one["interrupter_id"] == person]
        moves = [self._move("accept", one) for one in self._chance.sample(asked, min(4, len(asked)))]
        return [*moves, self._move("expire"), self._move("decline", self._chance.choice(asked))]

    def _working(self, scene: Scene) -> list[Move]:
        """Clears, while the same person says yes elsewhere."""
        one = self._chance.choice(scene.assignments)
        elsewhere = [offer["id"] for offer in scene.offers if offer["interrupter_id"] == one["interrupter_id"]]
        moves = [self._move(what, one["id"]) for what in ("clear", "on_scene", "give_back", "clear")]
        return [*moves, *(self._move("accept", offer) for offer in elsewhere[-2:]), self._move("reconsider")]

    def _desk(self, scene: Scene) -> list[Move]:
        one, person = self._chance.choice(scene.assignments), self._chance.choice(scene.people)
        instead_of = one["interrupter_id"]
        moves = [self._move("reassign", one["incident_id"], person=person, instead_of=instead_of)]
        moves += [self._move("clear", one["id"]), self._move("expire")]
        offers = [offer["id"] for offer in scene.offers if offer["interrupter_id"] in {person, instead_of}]
        return [*moves, *(self._move("accept", offer) for offer in offers[:2])]

    def _ending(self, scene: Scene) -> list[Move]:
        """Closed or screened out, while people answer, clear and are asked."""
        row = self._chance.choice(scene.running)
        about = [one["id"] for one in scene.offers if one["incident_id"] == row["incident_id"]]
        at_work = [one["id"] for one in scene.assignments if one["incident_id"] == row["incident_id"]]
        moves = [self._move(self._chance.choice(("close", "screen_out")), row["incident_id"], incident=row["incident"])]
        moves += [self._move("accept", one) for one in about[:2]] + [self._move("clear", one) for one in at_work[:2]]
        return [*moves, self._move("expire")]

    def _move(self, what: str, subject: UUID | None = None, **more: object) -> Move:
        return Move(what, subject, self._chance.uniform(0, LATEST_MS) * self._chance.randrange(2), **more)

    # what becomes of them

    async def _one(self, move: Move) -> None:
        await a_moment(move.after_ms)
        try:
            await self.db.retrying(lambda tx: act(tx, move))
        except Refused as refusal:
            self.outcomes[move.what, type(refusal).__name__] += 1
            if move.what == "accept" and move.subject is not None and not isinstance(refusal, NotEligible):
                self._refused.add(move.subject)
            return
        self.outcomes[move.what, "done"] += 1
        if move.subject is not None:
            {"accept": self._accepted, "clear": self._cleared}.get(move.what, set()).add(move.subject)

    async def _judge(self) -> None:
        await practice_ends(self.db)
        async with self.db.transaction() as tx:
            broken = await broken_rules(tx, self.quota)
            if await tx.rows(_LOST, accepted=list(self._accepted)):
                broken.append("a yes that was answered with success is lost")
            if await tx.rows(_WRONGLY_REFUSED, refused=list(self._refused), quota=self.quota):
                broken.append("a yes was refused although nobody has the role")
            if await tx.rows(_NOT_CLEARED, cleared=list(self._cleared)):
                broken.append("who has cleared is not clear")
        self._refused.clear()
        if broken:
            raise RuleBroken(f"seed {self.seed}, after {self.interleavings} interleavings: {'; '.join(broken)}")


_ANSWERS = ("accept", "accept", "decline", "acknowledge")
