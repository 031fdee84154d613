"""What people do when their phone rings, through the public interface alone: tap, go there, clear; or take a page."""

import asyncio
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from deploy.local.demo.api import Api, Unanswered
from deploy.local.demo.manners import Deadlines, Manner, Tap, taps

ON_THE_WAY_AFTER_S, THERE_AFTER_S, DONE_AFTER_S = 0.4, 0.8, 1.2
PAGE_SEEN_AFTER_S = 2.0
ALREADY_DECIDED = 409


@dataclass(frozen=True, slots=True)
class Person:
    """`manner` None: somebody at a desk."""

    name: str
    token: str
    manner: Manner | None


class Reactions:
    """Each reaction is a task of its own. One that the service refuses for no good reason is said on stderr."""

    def __init__(self, alerts_url: str) -> None:
        self._url = alerts_url
        self._tasks: set[asyncio.Task[None]] = set()
        self._api: Api | None = None

    def open(self, api: Api) -> None:
        self._api = api

    def begin(self, person: Person, message: dict[str, Any]) -> None:
        if self._api is None:
            raise RuntimeError("the phones are not open")
        task = asyncio.create_task(self._react(self._api, person, message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _react(self, api: Api, person: Person, message: dict[str, Any]) -> None:
        said = message["data"]
        try:
            if person.manner is None and "page_id" in said:
                await asyncio.sleep(PAGE_SEEN_AFTER_S)
                await api.must("POST", f"{self._url}/v1/pages/{said['page_id']}/acknowledge", person.token)
            elif person.manner is not None and message["type"] == "truce.offer.made":
                await self._consider(api, person, person.manner, said)
        except Unanswered as unanswered:
            sys.stderr.write(f"{person.name} could not do what a person would: {unanswered}\n")

    async def _consider(self, api: Api, person: Person, manner: Manner, offer: dict[str, Any]) -> None:
        dice = Random(f"{person.name}/{offer['offer_id']}")  # noqa: S311 - how long a made-up person hesitates
        arrived = asyncio.get_running_loop().time()
        for tap in taps(manner, _left(offer), dice):
            await asyncio.sleep(max(0.0, arrived + tap.after.total_seconds() - asyncio.get_running_loop().time()))
            assignment = await self._tap(api, person, tap, offer["offer_id"])
            if assignment is not None:
                await self._go(api, person, assignment)

    async def _tap(self, api: Api, person: Person, tap: Tap, offer_id: str) -> str | None:
        """The assignment, where the tap brought one. That somebody else was quicker is no fault."""
        body = None if tap.reason is None else {"reason": tap.reason}
        answer = await api.ask("POST", f"{self._url}/v1/offers/{offer_id}/{tap.action}", person.token, body)
        if answer.status == ALREADY_DECIDED:
            return None
        if not answer.is_yes:
            raise Unanswered(f"{tap.action} was answered with {answer.why()}")
        assignment: str | None = answer.body["assignment_id"] if tap.action == "accept" else None
        return assignment

    async def _go(self, api: Api, person: Person, assignment: str) -> None:
        steps = (("en-route", ON_THE_WAY_AFTER_S), ("on-scene", THERE_AFTER_S), ("clear", DONE_AFTER_S))
        for step, after_s in steps:
            await asyncio.sleep(after_s)
            await api.must("POST", f"{self._url}/v1/assignments/{assignment}/{step}", person.token)


def _left(offer: dict[str, Any]) -> Deadlines:
    now = datetime.now(UTC)
    acknowledge, accept = (datetime.fromisoformat(offer[name]) - now for name in ("acknowledge_by", "accept_by"))
    return Deadlines(max(acknowledge, timedelta(0)), max(accept, timedelta(0)))
