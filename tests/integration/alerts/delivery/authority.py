"""A certificate authority that exists for one run, and the certificates that it gives out."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "phone.truce.test"


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


def expired(authority: Authority) -> ssl.SSLContext:
    return authority.server(valid_for=timedelta(days=-1))


def for_another_host(authority: Authority) -> ssl.SSLContext:
    return authority.server("elsewhere.truce.test")


def by_an_unknown_authority(authority: Authority) -> ssl.SSLContext:
    folder = authority.folder / "unknown"
    folder.mkdir()
    return Authority.founded(folder).server()
