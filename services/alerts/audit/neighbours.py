"""The other services, asked over HTTP how they are: the way that stays when Kafka is the fault.

Whatever is not the answer of a healthy service is a fact about it, never an error here.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import aiohttp

from services.alerts.domain.auditing import Reach, Signs
from shared.kernel.clock import Clock
from shared.observability.logs import get_logger

ANSWER_WITHIN_S = 3.0
CLOCK_MAY_BE_OFF = timedelta(seconds=5)
_MOST_BYTES = 16 * 1024
log = get_logger(__name__)


class Neighbours:
    """`addresses`: service → address of its api."""

    def __init__(self, addresses: Mapping[str, str], clock: Clock) -> None:
        self._addresses = addresses
        self._clock = clock
        self._session: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
        # A connection per question: one that was kept tells nothing about whether a new one is taken.
        connector = aiohttp.TCPConnector(force_close=True)
        self._session = aiohttp.ClientSession(timeout=timeout, connector=connector)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def ask_all(self) -> list[Signs]:
        return await asyncio.gather(*(self._ask(service, url) for service, url in self._addresses.items()))

    async def _ask(self, service: str, url: str) -> Signs:
        asked_at = self._clock.now()
        try:
            async with self._session.get(f"{url.rstrip('/')}/readyz", allow_redirects=False) as response:
                body = json.loads(await response.content.read(_MOST_BYTES))
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError) as error:
            log.warning("audit.no_answer", of=service, error=type(error).__name__)
            return Signs(service, Reach.SILENT)
        if not isinstance(body, dict):
            return Signs(service, Reach.SILENT)
        return _signs(service, status, body, (asked_at, self._clock.now()))


def _signs(service: str, status: int, body: dict[str, Any], between: tuple[datetime, datetime]) -> Signs:
    if status == 503 and body.get("status") == "database unreachable":
        return Signs(service, Reach.DATABASE_AWAY)
    degraded, clock = body.get("degraded"), _instant(body.get("clock"))
    if status != 200 or not isinstance(degraded, list) or clock is None:
        return Signs(service, Reach.SILENT)
    return Signs(
        service,
        silent_roles=frozenset({"stream"} if "stream_silent" in degraded else ()),
        kafka_away="kafka_away" in degraded,
        outbox_waits_since=_instant(body.get("outbox_oldest")) if "outbox_waits" in degraded else None,
        clock_off=is_off(clock, between),
    )


def is_off(clock: datetime, between: tuple[datetime, datetime]) -> bool:
    """Whether a clock read between these two moments of our own differs by more than clocks that are kept may."""
    before, after = between
    return not before - CLOCK_MAY_BE_OFF <= clock <= after + CLOCK_MAY_BE_OFF


def _instant(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
