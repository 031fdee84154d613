"""SMS, e-mail and chat, through the library apprise: one text to one address, once.

The library blocks, so that each attempt runs in a thread of a small pool, never on the loop; it is imported with the
first attempt. Invariants: an attempt ends by its deadline, for whatever it dialled is then shut; no socket of it is
opened to an address that the guard does not admit, whatever host the address names and whoever redirects (the
interpreter's own hook asks before every connect of these threads); the address, which holds passwords, is in no
outcome and no log.
"""

import asyncio
import contextlib
import logging
import socket
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from services.alerts.delivery.address_guard import AddressGuard, AddressRefused, Refusal
from services.alerts.delivery.outcomes import AttemptOutcome, Delivered, Failed, Fault, Stage, TimedOut
from services.alerts.domain.channels import service_of
from shared.observability.logs import get_logger

# https, and the two doors at which a mail server takes mail over TLS.
PUBLIC_PORTS = frozenset({443, 465, 587})
MOST_AT_ONCE = 16
_SPARE_S = 10.0
# Where each service is in the library: the others, some of which run programs, are never imported.
_MODULES = {
    "twilio": ("twilio", "NotifyTwilio"),
    "vonage": ("vonage", "NotifyVonage"),
    "msgbird": ("messagebird", "NotifyMessageBird"),
    "plivo": ("plivo", "NotifyPlivo"),
    "json": ("custom_json", "NotifyJSON"),
    "mailto": ("email", "NotifyEmail"),
    "slack": ("slack", "NotifySlack"),
    "mmost": ("mattermost", "NotifyMattermost"),
    "rocket": ("rocketchat", "NotifyRocketChat"),
    "discord": ("discord", "NotifyDiscord"),
    "tgram": ("telegram", "NotifyTelegram"),
    "workflows": ("workflows", "NotifyWorkflows"),
}
_ENCRYPTED = {"jsons": "json", "mailtos": "mailto", "mmosts": "mmost", "rockets": "rocket"}
log = get_logger(__name__)


@dataclass(frozen=True)
class Text:
    """`title` is a mail's subject; elsewhere the first line."""

    title: str
    body: str


class TextTransport(Protocol):
    async def send(
        self,
        address: str,
        text: Text,
        *,
        timeout: timedelta,  # noqa: ASYNC109 - running out is an outcome
    ) -> AttemptOutcome:
        """One attempt, over by `timeout`. Raises nothing that the receiver or the network can bring about."""

    def close(self) -> None:
        """Nothing more is sent."""


class AddressUnusable(Exception):
    """The library makes nothing of it: a number too short, a token of the wrong form. Says nothing of it."""


@dataclass
class _Call:
    """One attempt as its thread and the loop share it."""

    guard: AddressGuard
    refused: Refusal | None = None
    lines: list[socket.socket] = field(default_factory=list)
    is_over: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def dial(self, line: socket.socket, address: Any) -> None:
        """Raises AddressRefused. Keeps a second handle on the connection: TLS takes the first one away."""
        try:
            self._check(address)
        except AddressRefused as refused:
            self.refused = refused.reason
            raise
        with self.lock:
            if self.is_over:
                raise TimeoutError
            self.lines.append(line.dup())

    def _check(self, address: Any) -> None:
        try:
            host, port = str(address[0]).partition("%")[0], int(address[1])
            self.guard.check_address(host, port)
        except (ValueError, TypeError, IndexError):
            raise AddressRefused(Refusal.MALFORMED) from None

    def end(self) -> None:
        with self.lock:
            self.is_over = True
            for line in self.lines:
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
                line.close()
            self.lines.clear()


_THREAD = threading.local()


def _before_connecting(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        call: _Call | None = getattr(_THREAD, "call", None)
        if call is not None:
            call.dial(arguments[0], arguments[1])


@cache
def _watch_connects() -> None:
    """Once per process, and for good: a hook cannot be taken away. It looks at threads with an attempt alone."""
    sys.addaudithook(_before_connecting)


class AppriseTransport:
    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="text-channel")

    async def send(
        self,
        address: str,
        text: Text,
        *,
        timeout: timedelta,  # noqa: ASYNC109 - running out is an outcome
    ) -> AttemptOutcome:
        _watch_connects()
        clock = asyncio.get_running_loop().time
        started, call = clock(), _Call(self._guard)
        work: Future[bool] = self._threads.submit(_send, call, address, text, timeout.total_seconds())
        taken = asyncio.wrap_future(work)
        await asyncio.wait([taken], timeout=timeout.total_seconds())
        duration = timedelta(seconds=clock() - started)
        if not taken.done():
            work.cancel()
            call.end()
            taken.add_done_callback(lambda late: late.cancelled() or late.exception())
            return TimedOut(Stage.CHANNEL, duration)
        return _outcome(call, taken, duration)

    def close(self) -> None:
        """What is under way is not waited for: its deadline shuts it."""
        self._threads.shutdown(wait=False, cancel_futures=True)


async def check_usable(address: str) -> None:
    """Whether the library makes something of it. Calls nobody. Raises AddressUnusable."""
    await asyncio.to_thread(_channel, address, 1.0)


def _outcome(call: _Call, taken: "asyncio.Future[bool]", duration: timedelta) -> AttemptOutcome:
    if call.refused is not None:
        return Failed(Stage.ADDRESS, call.refused, duration)
    error = taken.exception()
    if error is not None:
        # By type alone: a library's text may repeat the address.
        log.warning("text_channel.failed", error=type(error).__name__)
    if error is not None or not taken.result():
        return Failed(Stage.CHANNEL, Fault.NOT_TAKEN, duration)
    return Delivered(None, duration)


def _send(call: _Call, address: str, text: Text, timeout_s: float) -> bool:
    _THREAD.call = call
    try:
        return bool(_channel(address, timeout_s).notify(title=text.title, body=text.body))
    finally:
        _THREAD.call = None
        call.end()


def _channel(address: str, timeout_s: float) -> Any:
    service = service_of(address)
    module, name = _MODULES[_ENCRYPTED.get(service, service)]
    asset_of, kind = import_module("apprise").AppriseAsset, getattr(import_module(f"apprise.plugins.{module}"), name)
    # Their messages name receivers, paths and what was answered.
    logging.getLogger("apprise").disabled = True
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    asset = asset_of(app_id="Truce", app_desc="Truce", http_redirects=False, secure_logging=True, async_mode=False)
    try:
        facts = kind.parse_url(address)
        # Longer than the attempt has: its own deadline is what ends it, and is told as that.
        return kind(asset=asset, **facts, cto=timeout_s + _SPARE_S, rto=timeout_s + _SPARE_S)
    except Exception:  # noqa: BLE001 - each service of the library has its own way to refuse
        raise AddressUnusable from None
