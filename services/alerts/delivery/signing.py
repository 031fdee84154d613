"""Standard Webhooks signatures: what lets a receiver know that a message is ours, whole and recent.

The signature covers id, timestamp and the exact bytes of the body, so a body is serialised once and those
bytes are both signed and sent. Secrets never appear in an error.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets as randomness
from collections.abc import Sequence

SECRET_PREFIX = "whsec_"  # noqa: S105 - the mark of a secret, not one
_SECRET_BYTES = 32
_SHORTEST_SECRET_BYTES = 24
_LONGEST_SECRET_BYTES = 64
# A full stop would make the signed text ambiguous, anything outside this set could leave the header.
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


class MalformedSecret(ValueError):
    """The secret is not `whsec_` and the base64 of 24 to 64 bytes."""


def new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(randomness.token_bytes(_SECRET_BYTES)).decode("ascii")


def sign(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """One `v1` signature per secret, in the order given: during a rotation a receiver may know either of two.

    `timestamp` is the real time of the attempt in whole seconds since 1970.
    """
    if not secrets:
        raise ValueError("a message is signed with at least one secret")
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError("a message id is 1 to 128 letters, digits, hyphens or underscores")
    signed = b"%s.%d.%s" % (message_id.encode("ascii"), timestamp, body)
    return " ".join(f"v1,{_digest(_key(secret), signed)}" for secret in secrets)


def signed_headers(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one attempt: the id stays over retries, timestamp and signature are its own."""
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secrets, message_id, timestamp, body),
    }


def _digest(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii")


def _key(secret: str) -> bytes:
    if not secret.startswith(SECRET_PREFIX):
        raise MalformedSecret("the prefix is missing")
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise MalformedSecret("the secret is not base64") from None
    if not _SHORTEST_SECRET_BYTES <= len(key) <= _LONGEST_SECRET_BYTES:
        raise MalformedSecret("the secret has the wrong length")
    return key
