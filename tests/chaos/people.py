"""The people behind the phones: each answers what they were asked as their manner says, over the API.

Whoever has said yes reports clear sooner or later, however often the call must be repeated: a person does not give up
on being free again.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from random import Random
from typing import Any

from tests.chaos.calls import Caller, Request
from tests.chaos.crew import Crew
from tests.chaos.history import Call
from tests.chaos.script import WILLING, Manner, manner

TAP_ATTEMPTS = 5
CLEAR_ATTEMPTS = 60
DESK_ANSWERS = 0.8


class People:
    """`healed`: from then on everybody takes every message, says yes and is quick about it."""

    def __init__(self, crew: Crew, caller: Caller) -> None:
        self._crew = crew
        self._caller = caller
        self._chance = Random(f"{crew.seed} desk")
        self._asked: Counter[str] = Counter()
        self._manners: dict[str, Manner] = {}
        self._busy: set[asyncio.Task[None]] = set()
        self._pages: set[str] = set()
        self._told: set[str] = set()
        self.healed = False

    def manner_towards(self, person: str, offer: str) -> Manner:
        """Decided once per offer, so that a repeated message meets the same person."""
        if offer not in self._manners:
            self._asked[person] += 1
            self._manners[offer] = manner(self._crew.seed, person, self._asked[person])
        return WILLING if self.healed else self._manners[offer]

    def is_asked(self, person: str, message: dict[str, Any]) -> None:
        """The phone has rung. A second ringing for the same offer is ignored."""
        offer, incident = message["offer_id"], message["incident_id"]
        if offer not in self._told:
            self._told.add(offer)
            self._start(self._answer(person, offer, incident, self.manner_towards(person, offer)))

    def is_paged(self, page: str) -> None:
        if self.healed or self._chance.random() < DESK_ANSWERS:
            self._start(self._acknowledge_page(page))

    async def leave(self) -> None:
        """Waits for whoever is still talking."""
        while self._busy:
            await asyncio.wait(self._busy)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._busy.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._busy.discard(task)
        task.result()

    async def _answer(self, person: str, offer: str, incident: str, how: Manner) -> None:
        if how.acknowledge_after_s is not None:
            await asyncio.sleep(how.acknowledge_after_s)
            await self._tap(person, offer, incident, "acknowledge")
        await asyncio.sleep(how.tap_after_s)
        if how.tap == "decline":
            await self._tap(person, offer, incident, "decline", {"reason": "off_shift"})
        if how.tap != "accept":
            return
        taps = await asyncio.gather(*(self._tap(person, offer, incident, "accept") for _ in range(how.taps)))
        accepted = next((call for call in taps if call.outcome == "ok" and call.result), None)
        if accepted is not None and accepted.result is not None:
            await self._respond(person, offer, incident, accepted.result["assignment_id"], how)

    async def _respond(self, person: str, offer: str, incident: str, assignment: str, how: Manner) -> None:
        for step in how.steps:
            await self._move(person, offer, incident, assignment, step)
        await asyncio.sleep(how.clear_after_s)
        await self._move(person, offer, incident, assignment, "clear")

    async def _tap(self, person: str, offer: str, incident: str, tap: str, body: dict[str, Any] | None = None) -> Call:
        # Who said yes wants to know whether it counted; the rest is not worth a second try for long.
        attempts = CLEAR_ATTEMPTS if tap == "accept" else TAP_ATTEMPTS
        request = Request(
            tap,
            person,
            f"{self._crew.alerts}/v1/offers/{offer}/{tap}",
            self._crew.tokens[person],
            body,
            incident_id=incident,
            offer_id=offer,
        )
        return await self._caller.until_known(request, attempts=attempts)

    async def _move(self, person: str, offer: str, incident: str, assignment: str, step: str) -> None:
        request = Request(
            step.replace("-", "_"),
            person,
            f"{self._crew.alerts}/v1/assignments/{assignment}/{step}",
            self._crew.tokens[person],
            incident_id=incident,
            offer_id=offer,
        )
        await self._caller.until_known(request, attempts=CLEAR_ATTEMPTS)

    async def _acknowledge_page(self, page: str) -> None:
        if page in self._pages:
            return
        self._pages.add(page)
        await asyncio.sleep(0.5)
        request = Request(
            "page_acknowledge",
            "desk",
            f"{self._crew.alerts}/v1/pages/{page}/acknowledge",
            self._crew.tokens["desk"],
            about={"page_id": page},
        )
        call = await self._caller.until_known(request, attempts=TAP_ATTEMPTS)
        if call.outcome == "info":
            self._pages.discard(page)  # it will be paged again
