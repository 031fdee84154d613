"""One signed message to one URL, once: the only place that opens connections to endpoints.

Invariants: only addresses that the guard admits are dialled; redirects are never followed; an attempt ends by its
deadline whatever the receiver does; the head of an answer alone decides; every outcome of the network is a value,
so an exception out of here is a defect of ours.
"""

import asyncio
import math
import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import aiohttp
from yarl import URL

from services.alerts.delivery.address_guard import AddressGuard, AddressRefused
from services.alerts.delivery.connection import (
    KEPT_ANSWER_BYTES,
    PROGRESS,
    BoundedConnector,
    Progress,
    WatchedBody,
    WatchedTls,
    read_kept_part,
)
from services.alerts.delivery.outcomes import (
    AttemptOutcome,
    Delivered,
    Failed,
    Fault,
    Rejected,
    Stage,
    TimedOut,
    failure_of,
    parse_retry_after,
)
from services.alerts.delivery.resolver import GuardedResolver, Lookup, SystemLookup

_LONGEST_HEAD_LINE = 8190
_MOST_HEADERS = 100
# How long the rest of an answer is waited for once its head has decided. An answer that ends within it leaves its
# connection usable for the next message.
_ANSWER_GRACE_S = 0.05
# Below the 5 s after which common servers close an idle connection, so that a message seldom meets a closing one.
_IDLE_S = 2.0
_NO_CLIENT_TIMEOUTS = aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None)


class WebhookTransport(Protocol):
    async def post(
        self,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        timeout: timedelta,  # noqa: ASYNC109 - the outcome says at which stage it ran out
        apart: bool = False,
    ) -> AttemptOutcome:
        """One attempt, over by `timeout`. Raises nothing that the receiver or the network can bring about.

        `apart`: on a connection of its own. A receiver that hangs would use up those that are kept for its host, and
        whoever answers there would have to wait for new ones.
        """


class _UnaskedAnswer(Exception):
    """The receiver answered before it was asked."""


class AiohttpTransport:
    """Used as `async with`, inside the running loop. It limits neither calls nor connections: the caller does.

    `trusted_roots` is a PEM file of further certificate authorities; `lookup` replaces the system's resolver;
    its checked answers are used again for `names_kept`.
    """

    def __init__(
        self,
        guard: AddressGuard,
        *,
        trusted_roots: Path | None = None,
        lookup: Lookup | None = None,
        names_kept: timedelta = timedelta(seconds=10),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._guard = guard
        self._now = now
        self._names_kept_s = names_kept.total_seconds()
        self._system_lookup = SystemLookup()
        self._lookup = lookup or self._system_lookup
        self._tls = ssl.create_default_context()
        self._tls.sslobject_class = WatchedTls
        if trusted_roots is not None:
            self._tls.load_verify_locations(trusted_roots)

    async def __aenter__(self) -> Self:
        self._session = self._new_session(keepalive_timeout=_IDLE_S)
        self._apart = self._new_session(force_close=True)
        return self

    def _new_session(self, **keeping: Any) -> aiohttp.ClientSession:
        connector = BoundedConnector(
            resolver=GuardedResolver(self._guard, self._lookup),
            socket_factory=self._open_socket,
            ssl=self._tls,
            limit=0,
            ttl_dns_cache=self._names_kept_s,
            **keeping,
        )
        return aiohttp.ClientSession(
            connector=connector,
            headers={"accept-encoding": "identity", "user-agent": "Truce-Webhooks/1"},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=_NO_CLIENT_TIMEOUTS,
            read_bufsize=KEPT_ANSWER_BYTES,
            max_line_size=_LONGEST_HEAD_LINE,
            max_field_size=_LONGEST_HEAD_LINE,
            max_headers=_MOST_HEADERS,
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        await self._apart.close()
        self._system_lookup.close()

    async def post(
        self,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        timeout: timedelta,  # noqa: ASYNC109 - the outcome says at which stage it ran out
        apart: bool = False,
    ) -> AttemptOutcome:
        session = self._apart if apart else self._session
        clock = asyncio.get_running_loop().time
        started = clock()
        deadline = asyncio.timeout_at(started + timeout.total_seconds())
        progress = Progress()
        outside = PROGRESS.set(progress)
        try:
            checked = self._guard.check_url(url)
            async with deadline:
                response = await self._answer_to(session, checked, headers, body, progress)
                duration = timedelta(seconds=clock() - started)
                return await self._judged(response, duration, deadline)
        except AddressRefused as refused:
            return Failed(Stage.ADDRESS, refused.reason, timedelta(seconds=clock() - started))
        except _UnaskedAnswer:
            return Failed(Stage.RESPONSE, Fault.UNASKED_ANSWER, timedelta(seconds=clock() - started))
        except (aiohttp.ClientError, OSError) as error:
            duration = timedelta(seconds=clock() - started)
            if deadline.expired():
                return TimedOut(progress.stage, duration)
            return Failed(*failure_of(error, progress.stage), duration)
        finally:
            PROGRESS.reset(outside)

    async def _answer_to(
        self, session: aiohttp.ClientSession, url: URL, headers: Mapping[str, str], body: bytes, progress: Progress
    ) -> aiohttp.ClientResponse:
        """The head of the answer.

        A connection kept from an earlier message may be about to close. What happens on it says nothing about the
        receiver, so the message goes out again until it had a connection of its own; its id makes a copy harmless.
        """
        while True:
            progress.restart()
            try:
                response = await session.post(
                    url, headers=headers, data=WatchedBody(body, progress), allow_redirects=False
                )
            except aiohttp.ClientConnectionError:
                if progress.asked and not progress.dialled:
                    continue
                raise
            if progress.asked and not progress.answered_unasked:
                return response
            response.close()
            if progress.dialled:
                raise _UnaskedAnswer

    async def _judged(
        self, response: aiohttp.ClientResponse, duration: timedelta, deadline: asyncio.Timeout
    ) -> AttemptOutcome:
        """The outcome stands once the head is here; whatever the body does now, the deadline cannot undo it."""
        body_until = min(asyncio.get_running_loop().time() + _ANSWER_GRACE_S, deadline.when() or math.inf)
        deadline.reschedule(None)
        answer = await read_kept_part(response, body_until)
        if 200 <= response.status < 300:
            return Delivered(response.status, duration, answer)
        retry_after = parse_retry_after(response.headers.get("retry-after"), self._now())
        return Rejected(response.status, duration, retry_after, answer)

    def _open_socket(self, address_info: Any) -> socket.socket:
        """The last wall: every socket is opened here, whichever way its address was found."""
        family, kind, protocol, _, (host, port, *_) = address_info
        self._guard.check_address(host, port)
        progress = PROGRESS.get()
        progress.dialled = True
        progress.stage = Stage.CONNECT
        return socket.socket(family, kind, protocol)
