"""A sample receiver of webhooks: checks each signature, prints each message in one line, answers 204.

What any receiver must do is here: the raw bytes are checked before anything is read from them, whatever is not signed
with the endpoint's key is refused, and a message that comes again (same `webhook-id`) is acted on once.
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from deploy.local.failures import StackFailure

SECRET_PREFIX, PUBLIC_PREFIX = "whsec_", "whpk_"
TOLERANCE_S = 300
_NO_KEY = "The secret is neither `whsec_…` nor `whpk_…` as the service told it."
_FIRST = ("area", "role", "subject", "acknowledge_by", "accept_by", "due_at")


class Refused(Exception):
    """Not signed with this key, altered, or too old."""


class Checker:
    """`key`: the secret (`whsec_…`) that registering told, or the public key (`whpk_…`) that the endpoint shows."""

    def __init__(self, key: str) -> None:
        if not key.startswith((SECRET_PREFIX, PUBLIC_PREFIX)):
            raise StackFailure(_NO_KEY)
        try:
            self._shared = Webhook(key) if key.startswith(SECRET_PREFIX) else None
            self._public = _public(key) if key.startswith(PUBLIC_PREFIX) else None
        except ValueError:
            raise StackFailure(_NO_KEY) from None

    def message(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """Raises Refused. The public library raises ValueError too when a header is malformed."""
        try:
            if self._shared is not None:
                return dict(self._shared.verify(body, dict(headers)))
            return self._by_public_key(body, headers)
        except (WebhookVerificationError, InvalidSignature, ValueError, KeyError):
            raise Refused from None

    def _by_public_key(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """`v1a` of Standard Webhooks: during a rotation one good signature among several is enough."""
        stamp = headers["webhook-timestamp"]
        if abs(datetime.now().astimezone().timestamp() - int(stamp)) > TOLERANCE_S:
            raise Refused
        signed = f"{headers['webhook-id']}.{stamp}.".encode() + body
        signatures = [one for one in headers["webhook-signature"].split(" ") if one.startswith("v1a,")]
        if not any(self._is_good(one.removeprefix("v1a,"), signed) for one in signatures):
            raise Refused
        return dict(json.loads(body))

    def _is_good(self, signature: str, signed: bytes) -> bool:
        assert self._public is not None
        try:
            self._public.verify(base64.b64decode(signature), signed)
        except (InvalidSignature, ValueError):
            return False
        return True


def _public(key: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(key.removeprefix(PUBLIC_PREFIX), validate=True))


def line_of(message: Mapping[str, Any], message_id: str) -> str:
    """Type first, then what a person looks for, the other facts, and where to answer; other links are for programs."""
    data = {name: value for name, value in message["data"].items() if name != "links" and value is not None}
    order = [*(name for name in _FIRST if name in data), *(name for name in data if name not in _FIRST)]
    respond = message["data"].get("links", {}).get("respond")
    facts = "  ".join([*(f"{name}={data[name]}" for name in order), *([f"respond={respond}"] if respond else [])])
    return f"{message['type']:<28} {facts}  [{message_id}]"


def receiver(key: str) -> web.Application:
    checker, seen = Checker(key), set[str]()

    async def receive(request: web.Request) -> web.Response:
        body, now = await request.read(), f"{datetime.now().astimezone():%H:%M:%S}"
        try:
            message = checker.message(body, request.headers)
        except Refused:
            print(f"{now}  refused: not signed with this key", flush=True)
            return web.Response(status=401)
        message_id = request.headers["webhook-id"]
        again = "again: " if message_id in seen else ""
        seen.add(message_id)
        print(f"{now}  {again}{line_of(message, message_id)}", flush=True)
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/{path:.*}", receive)
    return app


def serve(key: str, port: int) -> None:
    """Until Ctrl-C."""
    app = receiver(key)
    print(f"listening on http://127.0.0.1:{port}/", flush=True)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)
