"""Intake's HTTP door as a feed uses it: one report through it, as often as it takes, always with the same key.

An answer that did not come is unknown, not no: the report is sent again with its Idempotency-Key and arrives once.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypedDict, Unpack
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import aiohttp

from services.intake.feeds.dc_offences import City
from services.intake.feeds.reading import ReadReport

GIVE_UP_AFTER_S = 30.0
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
_TIMEOUT = aiohttp.ClientTimeout(total=15)
_JSON = {"Content-Type": "application/json"}
_TOO_MANY = 429
_LONGEST_WAIT_S = 60.0
_TRY_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_OF_WHAT_WAS_SENT = frozenset({200, 201, 400, 409, 413, 415, 422})


class CannotReach(Exception):
    """The service does not answer, or not so that anything could be reported to it. The text says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is the answer's JSON: the taken report, or a problem. `repeated`: it had been taken before.

    `wait_s`: how long a source that sends too much is asked to wait, 0 for everybody else.
    """

    status: int
    body: dict[str, Any]
    repeated: bool
    wait_s: float = 0.0


class Terms(TypedDict, total=False):
    """`on_wait` is told each time that intake asks this source to wait, for how many seconds."""

    give_up_after_s: float
    on_wait: Callable[[float], None]


class Door:
    """An open connection pool; use as an async context."""

    def __init__(self, url: str, token: str, *, at_once: int = 1, **terms: Unpack[Terms]) -> None:
        self._give_up_after_s = terms.get("give_up_after_s", GIVE_UP_AFTER_S)
        self._on_wait = terms.get("on_wait")
        self._url = url.rstrip("/")
        self._token = token
        self._at_once = at_once

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            timeout=_TIMEOUT,
            headers={"Authorization": f"Bearer {self._token}"},
            connector=aiohttp.TCPConnector(limit=self._at_once),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def city(self) -> City:
        """Where the programme is. Raises CannotReach at the first failure: nothing has begun yet."""
        try:
            answer = await self._once("GET", "/v1/programme", None, {})
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise CannotReach(f"Nothing answers at {self._url} ({type(error).__name__}).") from None
        if answer.status != 200:
            raise self._shut(answer)
        box = answer.body["bounds"]
        return City(ZoneInfo(answer.body["time_zone"]), box["south"], box["west"], box["north"], box["east"])

    async def post(self, report: ReadReport) -> Answer:
        """Raises CannotReach when no answer came in time, however often it was asked, and where the door is shut to who
        asks: that says nothing of the report, which may come again when it is open.
        """
        body = json.dumps(report.body).encode()
        return await self._answered("/v1/reports", body, {**_JSON, "Idempotency-Key": report.idempotency_key})

    async def send(self, path: str, message: bytes, content_type: str) -> Answer:
        """A message that names itself, so that it may be sent as often as it takes. Raises as `post` does."""
        return await self._answered(path, message, {"Content-Type": content_type})

    async def _answered(self, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        loop = asyncio.get_running_loop()
        until, pause_s = loop.time() + self._give_up_after_s, _FIRST_PAUSE_S
        while True:
            try:
                answer = await self._once("POST", path, body, headers)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                failure = type(error).__name__
            else:
                if not _is_to_be_repeated(answer):
                    if answer.status not in _OF_WHAT_WAS_SENT:
                        raise self._shut(answer)
                    return answer
                failure = f"answered {answer.status}"
                until += answer.wait_s  # to be asked to wait is no failure
                await self._wait(answer.wait_s)
            if loop.time() + pause_s > until:
                raise CannotReach(f"{self._url} {failure} for {self._give_up_after_s:g} s.")
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    async def _wait(self, wait_s: float) -> None:
        if wait_s > 0 and self._on_wait is not None:
            self._on_wait(wait_s)
        await asyncio.sleep(wait_s)

    def _shut(self, answer: Answer) -> CannotReach:
        return CannotReach(f"{self._url} answered {answer.status}: {answer.body.get('detail', 'nothing more')}")

    async def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        async with self._session.request(
            method, self._url + path, data=body, headers=headers, allow_redirects=False
        ) as response:
            answer = await _json(response)
            repeated = response.headers.get("Idempotency-Replayed") == "true"
            return Answer(response.status, answer, repeated, _wait_s(response))


def told_of(problem: dict[str, Any]) -> str:
    """Why something was refused, in the service's words; what is about the whole of it has no pointer."""
    told = [f"{error['pointer']} {error['detail']}".lstrip() for error in problem.get("errors") or []]
    return "; ".join(told) or str(problem.get("detail", "without a reason"))


def _wait_s(response: aiohttp.ClientResponse) -> float:
    told = response.headers.get("Retry-After", "")
    is_told = response.status == _TOO_MANY and told.isdecimal()
    return min(float(told), _LONGEST_WAIT_S) if is_told else 0.0


def _is_to_be_repeated(answer: Answer) -> bool:
    in_flight = answer.status == 409 and str(answer.body.get("type", "")).endswith("/in-flight")
    return in_flight or answer.status in _TRY_AGAIN


async def _json(response: aiohttp.ClientResponse) -> dict[str, Any]:
    """An answer that is no JSON object (a proxy's page) is an empty one."""
    try:
        body = await response.json(content_type=None)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def is_address(said: str) -> bool:
    """Whether it can be asked at all, by HTTP."""
    try:
        parts = urlsplit(said)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
