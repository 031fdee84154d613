"""One request over the public API is one line of the history: invoked, and how it ended.

A timeout, a lost connection and a 5xx are `info`: nobody knows what they did. Repeating is bounded, with the same
Idempotency-Key, and each attempt is a call of its own.
"""

import asyncio
import json
import random
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp

from tests.chaos.history import Call, Outcome, Recorder

# As long as a dispatch console waits before it asks again.
TIMEOUT_S = 8.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 2.0
# In flight elsewhere, or too busy: worth asking again although it is a definite no for now.
AGAIN = frozenset({409, 429})


def wall_clock() -> float:
    return time.time_ns() / 1e9


@dataclass(frozen=True)
class Request:
    """`actor`: a worker's id, a source or a desk. `about` is for the history alone, where nothing is sent."""

    op: str
    actor: str
    url: str
    token: str
    body: dict[str, Any] | None = None
    key: str | None = None
    incident_id: str | None = None
    offer_id: str | None = None
    about: dict[str, Any] | None = None


class Caller:
    """`hurried`: no more second attempts, because the run is over."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S), connector=aiohttp.TCPConnector(limit=0)
        )
        self.hurried = False

    async def close(self) -> None:
        await self._session.close()

    async def once(self, request: Request) -> Call:
        invoked_at = wall_clock()
        outcome, status, result = await self._answered(request)
        call = Call(
            id=str(uuid4()),
            op=request.op,
            actor=request.actor,
            invoked_at=invoked_at,
            ended_at=wall_clock(),
            outcome=outcome,
            status=status,
            result=result,
            incident_id=request.incident_id,
            offer_id=request.offer_id,
            key=request.key,
            body=request.body or request.about,
        )
        self._recorder.call(call)
        return call

    async def until_known(self, request: Request, *, attempts: int, in_flight_too: bool = False) -> Call:
        """Asks again while the outcome is unknown. `in_flight_too`: also when told that it is being carried out."""
        pause_s = FIRST_PAUSE_S
        for attempt in range(attempts):
            call = await self.once(request)
            again = call.outcome == "info" or (in_flight_too and call.status in AGAIN)
            if not again or attempt == attempts - 1 or self.hurried:
                break
            await asyncio.sleep(pause_s * random.uniform(0.8, 1.2))
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        return call

    async def _answered(self, request: Request) -> tuple[Outcome, int | None, dict[str, Any] | None]:
        headers = {"Authorization": f"Bearer {request.token}"}
        if request.key is not None:
            headers["Idempotency-Key"] = request.key
        data = None
        if request.body is not None:
            headers["Content-Type"], data = "application/json", json.dumps(request.body)
        try:
            async with self._session.post(request.url, data=data, headers=headers) as answer:
                text = await answer.text()
                return _outcome(answer.status), answer.status, json.loads(text) if text else None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return "info", None, None


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return "ok"
    return "fail" if 400 <= status < 500 else "info"
