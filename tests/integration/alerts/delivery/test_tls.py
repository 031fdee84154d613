"""TLS: the name is what is checked and asked for, the address only where the connection goes."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.alerts.delivery.address_guard import AddressGuard
from services.alerts.delivery.outcomes import AttemptOutcome, Delivered, Failed, Fault, Stage, TimedOut
from services.alerts.delivery.transport import AiohttpTransport

TIMEOUT = timedelta(seconds=0.5)
NAME = "phone.truce.test"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]


@dataclass
class Authority:
    """A certificate authority that exists for this run only."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    subject: x509.Name

    @property
    def roots(self) -> Path:
        return self.folder / "roots.pem"

    @classmethod
    def founded(cls, folder: Path) -> "Authority":
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Truce test authority")])
        authority = cls(folder, ec.generate_private_key(ec.SECP256R1()), name)
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        certificate = authority._signed(name, authority.key, timedelta(days=1), constraints)
        authority.roots.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return authority

    def server(self, name: str = NAME, valid_for: timedelta = timedelta(days=1)) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._signed(subject, key, valid_for, x509.SubjectAlternativeName([x509.DNSName(name)]))
        chain = self.folder / f"{name}.pem"
        chain.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(chain)
        return context

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        valid_for: timedelta,
        extension: x509.ExtensionType,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=2))
            .not_valid_after(now + valid_for)
            .add_extension(extension, critical=False)
            .sign(self.key, hashes.SHA256())
        )


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.founded(tmp_path)


async def to_loopback(_name: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


@pytest.fixture
async def secure(authority: Authority) -> AsyncIterator[AiohttpTransport]:
    async with AiohttpTransport(AddressGuard(LOOPBACK), trusted_roots=authority.roots, lookup=to_loopback) as open_one:
        yield open_one


async def post(transport: AiohttpTransport, receiver: Any) -> AttemptOutcome:
    return await transport.post(f"https://{NAME}:{receiver.port}/hooks", {}, b"{}", timeout=TIMEOUT)


async def test_host_and_server_name_are_the_names_though_the_address_was_dialled(
    receive: Any, authority: Authority, secure: AiohttpTransport
) -> None:
    asked_for: list[str | None] = []
    context = authority.server()
    context.sni_callback = lambda _socket, name, _context: asked_for.append(name)  # type: ignore[assignment] # the stub wants a longer signature
    receiver = await receive(OK, ssl=context)
    assert isinstance(await post(secure, receiver), Delivered)
    assert asked_for == [NAME]
    assert f"host: {NAME}:{receiver.port}".encode() in receiver.requests[0].lower()


def expired(authority: Authority) -> ssl.SSLContext:
    return authority.server(valid_for=timedelta(days=-1))


def for_another_host(authority: Authority) -> ssl.SSLContext:
    return authority.server("elsewhere.truce.test")


def by_an_unknown_authority(authority: Authority) -> ssl.SSLContext:
    folder = authority.folder / "unknown"
    folder.mkdir()
    return Authority.founded(folder).server()


@pytest.mark.parametrize(
    ("context_of", "fault"),
    [
        (expired, Fault.CERTIFICATE_EXPIRED),
        (for_another_host, Fault.CERTIFICATE_FOR_ANOTHER_HOST),
        (by_an_unknown_authority, Fault.CERTIFICATE_NOT_TRUSTED),
    ],
)
async def test_a_certificate_that_proves_nothing_gets_no_message(
    context_of: Callable[[Authority], ssl.SSLContext],
    fault: Fault,
    receive: Any,
    authority: Authority,
    secure: AiohttpTransport,
) -> None:
    receiver = await receive(OK, ssl=context_of(authority))
    outcome = await post(secure, receiver)
    assert outcome == Failed(Stage.TLS, fault, outcome.duration)
    assert receiver.requests == []


async def stalls(call: Any) -> None:
    await call.hang_up_awaited()


async def speaks_plain_http(call: Any) -> None:
    await call.reader.read(10)
    await call.say(OK)


async def resets(call: Any) -> None:
    await call.reader.read(10)
    call.reset()


async def test_a_handshake_that_stalls_times_out_there(receive: Any, secure: AiohttpTransport) -> None:
    outcome = await post(secure, await receive(stalls))
    assert outcome == TimedOut(Stage.TLS, outcome.duration)


async def test_a_receiver_without_tls_fails_there(receive: Any, secure: AiohttpTransport) -> None:
    outcome = await post(secure, await receive(speaks_plain_http))
    assert outcome == Failed(Stage.TLS, Fault.TLS_FAILED, outcome.duration)


async def test_a_reset_in_the_handshake_fails_there(receive: Any, secure: AiohttpTransport) -> None:
    outcome = await post(secure, await receive(resets))
    assert outcome == Failed(Stage.TLS, Fault.RESET, outcome.duration)


def test_the_stages_are_told_apart_on_the_loop_that_production_runs_on_too(authority: Authority) -> None:
    async def attempts() -> list[AttemptOutcome]:
        stalling = await asyncio.start_server(lambda reader, _writer: reader.read(), "127.0.0.1", 0)
        serving = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=authority.server())
        async with AiohttpTransport(
            AddressGuard(LOOPBACK), trusted_roots=authority.roots, lookup=to_loopback
        ) as transport:
            urls = [f"https://{NAME}:{server.sockets[0].getsockname()[1]}/" for server in (stalling, serving)]
            return [await transport.post(url, {}, b"{}", timeout=TIMEOUT) for url in urls]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        stalled, served = runner.run(attempts())
    assert stalled == TimedOut(Stage.TLS, stalled.duration)
    assert isinstance(served, Delivered)
