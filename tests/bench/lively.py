"""People who answer while the burst lasts: after a moment of thought they decline or accept, and clear a little later.

Each phone does one thing after another, as a person does, and keeps its own account of what it was asked and what it
was told: a second question or a second incident at the same time shows here, whatever the database says.
"""

import asyncio
import random
import time
from typing import Any

from tests.bench.crowd import Crowd

DECLINES, ACKNOWLEDGES = 0.3, 0.5
THINKS_S, WORKS_S = (0.2, 2.0), (1.0, 4.0)


class LivelyCrowd:
    """`again_s`: from each no to the next person's message. `asked_at_work`: questions to somebody with an incident."""

    def __init__(self, crowd: Crowd, seed: int) -> None:
        self._crowd = crowd
        self._chance = random.Random(seed)
        self._tasks: set[asyncio.Task[None]] = set()
        self._declined_at: dict[str, float] = {}
        self._at_work: set[str] = set()
        self._thinking: set[str] = set()
        self.again_s: list[float] = []
        self.answers = {"decline": 0, "accept": 0, "clear": 0}
        self.asked_at_work = 0
        self.asked_twice = 0
        self.booked_twice = 0

    def hear(self, worker: str, message: dict[str, Any], arrived: float) -> None:
        if message["type"] != "truce.offer.made":
            return
        incident, offer = message["data"]["incident_id"], message["data"]["offer_id"]
        if incident in self._declined_at:
            self.again_s.append(arrived - self._declined_at.pop(incident))
        self.asked_at_work += worker in self._at_work
        self.asked_twice += worker in self._thinking
        self._thinking.add(worker)
        task = asyncio.create_task(self._answer(worker, incident, offer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, worker: str, incident: str, offer: str) -> None:
        declines, acknowledges = self._chance.random() < DECLINES, self._chance.random() < ACKNOWLEDGES
        thinks_s, works_s = self._chance.uniform(*THINKS_S), self._chance.uniform(*WORKS_S)
        await asyncio.sleep(thinks_s / 2)
        if acknowledges:
            await self._crowd.tap(worker, f"offers/{offer}/acknowledge")
        await asyncio.sleep(thinks_s / 2)
        self._thinking.discard(worker)
        if declines:
            self._declined_at[incident] = time.perf_counter()
            await self._tap("decline", worker, f"offers/{offer}", reason="off_shift")
            return
        accepted = await self._tap("accept", worker, f"offers/{offer}")
        if accepted is None:
            return
        self.booked_twice += worker in self._at_work
        self._at_work.add(worker)
        await asyncio.sleep(works_s)
        self._at_work.discard(worker)
        await self._crowd.tap(worker, f"assignments/{accepted['assignment_id']}/on-scene")
        await self._tap("clear", worker, f"assignments/{accepted['assignment_id']}")

    async def _tap(self, what: str, worker: str, subject: str, **body: str) -> dict[str, Any] | None:
        answered = await self._crowd.tap(worker, f"{subject}/{what}", **body)
        self.answers[what] += answered is not None
        return answered

    @property
    def waited_in_vain(self) -> int:
        """Incidents that somebody declined and nobody else was asked about since."""
        return len(self._declined_at)

    async def until_all_answered(self, *, within_s: float) -> bool:
        """Nobody thinks or works any more, and whoever was to be asked after a no was."""
        until = time.perf_counter() + within_s
        while self._tasks or self._declined_at:
            if time.perf_counter() > until:
                return False
            await asyncio.sleep(0.1)
        return True
