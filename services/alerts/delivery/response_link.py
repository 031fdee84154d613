"""The link in a message with which its reader can act without app or token, for as long as it lives.

Invariant: who reads the whole database, a dump of it or a delivery log has no link. A link is the message's id and a
keyed digest over it; messages are stored with a mark where the link goes, and it is put in on the way out. The digest
is checked before anything is looked up, so that guessing costs no query.
"""

import base64
import binascii
import hashlib
import hmac
import re
from uuid import UUID

from services.alerts.messages import RESPOND
from services.alerts.settings import AlertsSettings

_PURPOSE = b"truce response link 1"
_ID_BYTES, _DIGEST_BYTES = 16, 16
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class ResponseLinks:
    """`key`: the service's own secret; the links' key is derived from it, so that it seals nothing else."""

    def __init__(self, key: bytes, public_url: str) -> None:
        self._key = hmac.digest(key, _PURPOSE, hashlib.sha256)
        self._base = public_url.rstrip("/")

    def link(self, delivery_id: UUID) -> str:
        return f"{self._base}/r/{self.token(delivery_id)}"

    def token(self, delivery_id: UUID) -> str:
        whole = delivery_id.bytes + self._digest(delivery_id.bytes)
        return base64.urlsafe_b64encode(whole).rstrip(b"=").decode("ascii")

    def filled(self, delivery_id: UUID, body: bytes) -> bytes:
        """The message as it goes out: the same bytes over all attempts."""
        return body.replace(RESPOND.encode("ascii"), self.link(delivery_id).encode("ascii"))

    def delivery_of(self, token: str) -> UUID | None:
        """None for whatever was not made here."""
        if not _TOKEN.fullmatch(token):
            return None
        try:
            whole = base64.urlsafe_b64decode(token + "=")
        except binascii.Error:
            return None
        found = UUID(bytes=whole[:_ID_BYTES])
        # As a whole: the last letter holds two bits that mean nothing, and one link has one spelling.
        return found if hmac.compare_digest(self.token(found), token) else None

    def _digest(self, told: bytes) -> bytes:
        return hmac.digest(self._key, told, hashlib.sha256)[:_DIGEST_BYTES]


def links_of(settings: AlertsSettings) -> ResponseLinks:
    return ResponseLinks(settings.secrets_key_bytes, str(settings.public_url))
