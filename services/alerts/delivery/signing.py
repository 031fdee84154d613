"""Standard Webhooks signatures: what lets a receiver know that a message is ours, whole and recent.

The signature covers id, timestamp and the exact bytes of the body, so a body is serialised once and those
bytes are both signed and sent. A key says by its prefix how it signs: `whsec_` by HMAC-SHA256 (`v1`), which its
receiver could forge; `whsk_` by Ed25519 (`v1a`), which its receiver can only check. Keys never appear in an error.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets as randomness
from collections.abc import Sequence
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SECRET_PREFIX = "whsec_"  # noqa: S105 - the mark of a secret, not one
PRIVATE_PREFIX = "whsk_"
PUBLIC_PREFIX = "whpk_"
_SECRET_BYTES = 32
_SHORTEST_SECRET_BYTES = 24
_LONGEST_SECRET_BYTES = 64
_SEED_BYTES = 32
# A full stop would make the signed text ambiguous, anything outside this set could leave the header.
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


class Scheme(StrEnum):
    HMAC_SHA256 = "hmac_sha256"
    ED25519 = "ed25519"


class MalformedSecret(ValueError):
    """Neither `whsec_` and the base64 of 24 to 64 bytes, nor `whsk_` and that of an Ed25519 key."""


def new_key(scheme: Scheme) -> str:
    """What messages are signed with; for HMAC it is told to the receiver, for Ed25519 only `public_key` is."""
    if scheme is Scheme.HMAC_SHA256:
        return SECRET_PREFIX + _text(randomness.token_bytes(_SECRET_BYTES))
    made = Ed25519PrivateKey.generate()
    return PRIVATE_PREFIX + _text(made.private_bytes_raw() + made.public_key().public_bytes_raw())


def public_key(key: str) -> str | None:
    """What a receiver checks signatures with, `whpk_…`; None for a key that both sides share."""
    if not key.startswith(PRIVATE_PREFIX):
        return None
    return PUBLIC_PREFIX + _text(_private(key).public_key().public_bytes_raw())


def sign(keys: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """One signature per key, in the order given: during a rotation a receiver may know either of two.

    `timestamp` is the real time of the attempt in whole seconds since 1970.
    """
    if not keys:
        raise ValueError("a message is signed with at least one secret")
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError("a message id is 1 to 128 letters, digits, hyphens or underscores")
    signed = b"%s.%d.%s" % (message_id.encode("ascii"), timestamp, body)
    return " ".join(_signature(key, signed) for key in keys)


def signed_headers(keys: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one attempt: the id stays over retries, timestamp and signature are its own."""
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(keys, message_id, timestamp, body),
    }


def _signature(key: str, signed: bytes) -> str:
    if key.startswith(PRIVATE_PREFIX):
        return f"v1a,{_text(_private(key).sign(signed))}"
    return f"v1,{_text(hmac.digest(_shared(key), signed, hashlib.sha256))}"


def _shared(secret: str) -> bytes:
    key = _bytes_of(secret, SECRET_PREFIX)
    if not _SHORTEST_SECRET_BYTES <= len(key) <= _LONGEST_SECRET_BYTES:
        raise MalformedSecret("the secret has the wrong length")
    return key


def _private(key: str) -> Ed25519PrivateKey:
    """The seed and the public key behind it, as Standard Webhooks has it; the seed alone says the same."""
    whole = _bytes_of(key, PRIVATE_PREFIX)
    if len(whole) not in {_SEED_BYTES, 2 * _SEED_BYTES}:
        raise MalformedSecret("the private key has the wrong length")
    return Ed25519PrivateKey.from_private_bytes(whole[:_SEED_BYTES])


def _bytes_of(key: str, prefix: str) -> bytes:
    if not key.startswith(prefix):
        raise MalformedSecret("the prefix is missing")
    try:
        return base64.b64decode(key.removeprefix(prefix), validate=True)
    except (binascii.Error, ValueError):
        raise MalformedSecret("the secret is not base64") from None


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
