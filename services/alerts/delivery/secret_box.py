"""Endpoint secrets at rest: AES-256-GCM, bound to the place where they are stored.

The context (table, column, row id, key version) is authenticated with the text, so a sealed value copied to
another row, or altered, does not open.
"""

import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = b"\x01"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16


class SecretUnreadable(Exception):
    """Altered, moved to another row, sealed with another key, or never sealed."""


class SecretBox:
    """One key. A rotated key is another box, and its version is part of the context."""

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_BYTES:
            raise ValueError("a secret box takes a key of 32 bytes")
        self._cipher = AESGCM(key)

    def seal(self, plain: str, *, context: str) -> bytes:
        """Format byte, random nonce, ciphertext with tag: the same text never looks the same twice."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _FORMAT + nonce + self._cipher.encrypt(nonce, plain.encode(), context.encode())

    def open(self, sealed: bytes, *, context: str) -> str:
        """Raises SecretUnreadable, which tells neither the text nor which check failed."""
        nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if sealed[:1] != _FORMAT or len(ciphertext) < _TAG_BYTES:
            raise SecretUnreadable
        try:
            return self._cipher.decrypt(nonce, ciphertext, context.encode()).decode()
        except InvalidTag:
            raise SecretUnreadable from None


def endpoint_secret_context(endpoint_id: UUID) -> str:
    """Where an endpoint's signing secret is stored, and under which version of the key."""
    return f"webhook_endpoints/secret_sealed/{endpoint_id}/1"


def endpoint_address_context(endpoint_id: UUID) -> str:
    """The same of a text channel's address."""
    return f"webhook_endpoints/address_sealed/{endpoint_id}/1"


def previous_secret_context(endpoint_id: UUID) -> str:
    """The same of the secret before it, which goes on signing for a while."""
    return f"webhook_endpoints/previous_secret_sealed/{endpoint_id}/1"
