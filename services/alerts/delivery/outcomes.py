"""How one attempt to deliver ended, typed by how far it came.

Only a 2xx answer is a delivery. A timeout means that we do not know, whatever its stage: the receiver may have the
message, so the next attempt carries the same id. Nothing here holds the URL, which may contain a receiver's token.
"""

import errno
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

import aiohttp
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong

from services.alerts.delivery.address_guard import Refusal

LONGEST_RETRY_AFTER = timedelta(hours=24)


class Stage(StrEnum):
    ADDRESS = "address"
    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    SEND = "send"
    RESPONSE = "response"
    CHANNEL = "channel"  # all of it: what a text channel's library does is not told stage by stage


class Fault(StrEnum):
    NO_SUCH_NAME = "no_such_name"
    REFUSED = "connection_refused"
    UNREACHABLE = "unreachable"
    OUT_OF_SOCKETS = "out_of_sockets"  # ours, not the receiver's
    CONNECTION_FAILED = "connection_failed"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_FOR_ANOTHER_HOST = "certificate_for_another_host"
    CERTIFICATE_NOT_TRUSTED = "certificate_not_trusted"
    TLS_FAILED = "tls_failed"
    CLOSED_EARLY = "closed_early"
    RESET = "connection_reset"
    HEAD_TOO_LARGE = "answer_head_too_large"
    NOT_HTTP = "answer_not_http"
    UNASKED_ANSWER = "answer_before_the_request"
    NOT_TAKEN = "not_taken"  # by a text channel's service, whatever it said


@dataclass(frozen=True, slots=True)
class Delivered:
    """`status` is None where a text channel's service took it, which is no HTTP answer of ours."""

    status: int | None
    duration: timedelta
    answer: bytes = b""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The receiver answered, and not with 2xx. Redirects are among them: they are never followed."""

    status: int
    duration: timedelta
    retry_after: timedelta | None = None
    answer: bytes = b""

    @property
    def gone(self) -> bool:
        """The receiver asks never to be called again."""
        return self.status == 410


@dataclass(frozen=True, slots=True)
class Failed:
    stage: Stage
    reason: Fault | Refusal
    duration: timedelta


@dataclass(frozen=True, slots=True)
class TimedOut:
    stage: Stage
    duration: timedelta


AttemptOutcome = Delivered | Rejected | Failed | TimedOut


def parse_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Seconds or an HTTP date; None for anything else. Never negative, never above LONGEST_RETRY_AFTER."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        # Ten digits are centuries; more could not be held by a timedelta.
        return LONGEST_RETRY_AFTER if len(value) > 9 else min(timedelta(seconds=int(value)), LONGEST_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:  # "-0000": UTC, says RFC 5322, without naming where
        at = at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta(0)), LONGEST_RETRY_AFTER)


def failure_of(error: Exception, reached: Stage) -> tuple[Stage, Fault]:
    """What an error of the HTTP client says about the attempt, `reached` being how far it had come."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return Stage.RESOLVE, Fault.NO_SUCH_NAME
        case aiohttp.ClientConnectorCertificateError():
            return Stage.TLS, _certificate_fault(error.certificate_error)
        case aiohttp.ClientConnectorSSLError():
            return Stage.TLS, Fault.TLS_FAILED
        case aiohttp.ClientConnectorError():
            return reached, _connection_fault(error.os_error)
        case aiohttp.ClientResponseError():
            return Stage.RESPONSE, _answer_fault(error)
    return reached, Fault.RESET if isinstance(error, OSError) else Fault.CLOSED_EARLY


def _connection_fault(error: OSError) -> Fault:
    match error.errno:
        case errno.ECONNREFUSED:
            return Fault.REFUSED
        case errno.EHOSTUNREACH | errno.ENETUNREACH | errno.ETIMEDOUT | errno.EADDRNOTAVAIL:
            return Fault.UNREACHABLE
        case errno.EMFILE | errno.ENFILE | errno.ENOBUFS | errno.ENOMEM:
            return Fault.OUT_OF_SOCKETS
        case errno.ECONNRESET | errno.EPIPE:
            return Fault.RESET
    return Fault.CONNECTION_FAILED


def _certificate_fault(error: Exception) -> Fault:
    expired, wrong_host, wrong_address = 10, 62, 64  # OpenSSL's X509_V_ERR_* numbers
    match error:
        case ssl.SSLCertVerificationError(verify_code=code) if code == expired:
            return Fault.CERTIFICATE_EXPIRED
        case ssl.SSLCertVerificationError(verify_code=code) if code in {wrong_host, wrong_address}:
            return Fault.CERTIFICATE_FOR_ANOTHER_HOST
    return Fault.CERTIFICATE_NOT_TRUSTED


def _answer_fault(error: aiohttp.ClientResponseError) -> Fault:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, LineTooLong) or (isinstance(cause, BadHttpMessage) and "Too many" in cause.message):
            return Fault.HEAD_TOO_LARGE
        cause = cause.__cause__
    return Fault.NOT_HTTP
