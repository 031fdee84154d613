"""The services' public HTTP interfaces as the demo's people use them: with a token, and patient with a restart.

A POST that creates carries an Idempotency-Key, so that asking again creates nothing twice.
"""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp

PATIENCE_S = 20.0
PAUSE_S = 0.2
NOT_NOW = frozenset({408, 429, 500, 502, 503, 504})
TIMEOUT = aiohttp.ClientTimeout(total=10)


class Unanswered(Exception):
    """A service refused what the demo needs, or did not answer in time. The text says who and why."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any

    @property
    def is_yes(self) -> bool:
        return self.status in {200, 201, 204}

    def why(self) -> str:
        told = self.body if isinstance(self.body, dict) else {}
        places = "; ".join(f"{one.get('pointer')} {one.get('detail')}" for one in told.get("errors") or ())
        return f"{self.status} {places or told.get('detail', '')}".strip()


class Api:
    """Use as an async context. `ask` answers whatever the service said; `must` raises unless it said yes."""

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def must(self, method: str, url: str, token: str, body: object = None) -> Any:
        answer = await self.ask(method, url, token, body)
        if not answer.is_yes:
            raise Unanswered(f"{method} {url} was answered with {answer.why()}")
        return answer.body

    async def ask(self, method: str, url: str, token: str, body: object = None) -> Answer:
        """Raises Unanswered when no answer came however often it was asked."""
        loop = asyncio.get_running_loop()
        until, headers = loop.time() + PATIENCE_S, _headers(method, url, token, body)
        while True:
            try:
                answer = await self._once(method, url, headers, body)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                answer = Answer(0, {"detail": type(error).__name__})
            if answer.status and answer.status not in NOT_NOW and not _in_flight(answer):
                return answer
            if loop.time() > until:
                raise Unanswered(f"{method} {url} found no answer for {PATIENCE_S:g} s ({answer.why()})")
            await asyncio.sleep(PAUSE_S)

    async def _once(self, method: str, url: str, headers: dict[str, str], body: object) -> Answer:
        async with self._session.request(method, url, json=body, headers=headers) as response:
            text = await response.text()
            return Answer(response.status, _parsed(text))


def _headers(method: str, url: str, token: str, body: object) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {token}"}
    if method == "POST" and body is not None:
        said = json.dumps([url, body], sort_keys=True)
        headers["Idempotency-Key"] = f"demo-{hashlib.sha256(said.encode()).hexdigest()[:32]}"
    return headers


def _in_flight(answer: Answer) -> bool:
    return answer.status == 409 and isinstance(answer.body, dict) and "in-flight" in str(answer.body.get("type"))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None
