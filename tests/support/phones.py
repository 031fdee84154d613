"""Phones: real HTTP receivers on loopback. Each checks signatures with the public `standardwebhooks` library.

What a phone received and no test asked for is found by `unexpected`: a page that a story does not expect fails it.
"""

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError
from standardwebhooks import Webhook

from services.alerts.message_types import surplus
from tests.support.waiting import WITHIN_S


@dataclass
class Phone:
    """`behaviour`: ok, hang, or an HTTP status as text. `refused` phones have no receiver at all.

    `secret`: a shared one, or the public key of its endpoint. `signatures`: how many each message carried.
    `has_failed`: whether it was ever told to. `unpublished`: what messages had that their published schema does not.
    """

    name: str
    url: str
    behaviour: str = "ok"
    secret: str = ""
    endpoint_id: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    expected: list[dict[str, Any]] = field(default_factory=list)
    attempts: int = 0
    signatures: list[int] = field(default_factory=list)
    unpublished: list[str] = field(default_factory=list)
    has_failed: bool = False

    def verified(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """Raises for what is not signed as it should be."""
        if self.secret.startswith("whpk_"):
            verify_by_public_key(self.secret, body, headers)
            return dict(json.loads(body))
        return dict(Webhook(self.secret).verify(body, dict(headers)))

    @property
    def unexpected(self) -> list[dict[str, Any]]:
        return [message for message in self.messages if message not in self.expected]


def verify_by_public_key(key: str, body: bytes, headers: Mapping[str, str]) -> None:
    """As Standard Webhooks has it for `v1a`; the public library knows `v1` alone."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    (signature,) = (
        one.removeprefix("v1a,") for one in headers["webhook-signature"].split(" ") if one.startswith("v1a,")
    )
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.removeprefix("whpk_")))
    public.verify(base64.b64decode(signature), signed)


def _unpublished(content: dict[str, Any]) -> list[str]:
    try:
        return [f"{content['type']}: {field}" for field in surplus(content)]
    except (ValidationError, KeyError) as error:
        return [f"{content.get('type')}: {error!r}"]


class PhoneNetwork:
    def __init__(self) -> None:
        self._phones: dict[str, Phone] = {}
        self._arrived = asyncio.Condition()
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def open(self) -> None:
        app = web.Application()
        app.router.add_post("/phones/{name}", self._receive)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    def phone(self, name: str, *, behaviour: str = "ok", refused: bool = False) -> Phone:
        # Port 9 (discard) is served by nobody on loopback.
        port = 9 if refused else self.port
        phone = Phone(name, f"http://127.0.0.1:{port}/phones/{name}", behaviour, has_failed=refused)
        self._phones[name] = phone
        return phone

    def all(self) -> list[Phone]:
        return list(self._phones.values())

    def surplus(self) -> dict[str, list[dict[str, Any]]]:
        """What nobody asked for, by phone. That a phone made to fail is told in the end is no surprise."""
        failed = {phone.endpoint_id for phone in self.all() if phone.has_failed}
        told = {"truce.endpoint.failing": "endpoint_id", "truce.page.alarm": "subject"}

        def is_known(message: dict[str, Any]) -> bool:
            about = str(message["data"].get(told.get(message["type"], ""), ""))
            if about.startswith("alerts/unreachable_on_duty/"):
                return bool(failed)
            return about.removeprefix("alerts/endpoint_failing/") in failed

        found = {phone.name: [one for one in phone.unexpected if not is_known(one)] for phone in self.all()}
        return {name: messages for name, messages in found.items() if messages}

    async def message(self, phone: Phone, *, kind: str, within_s: float = WITHIN_S, **facts: str) -> dict[str, Any]:
        """The first message of that kind and with those facts that was not expected before; it is now."""

        def found() -> dict[str, Any] | None:
            for message in phone.unexpected:
                if message["type"] == kind and all(message["data"].get(key) == value for key, value in facts.items()):
                    return message
            return None

        try:
            async with asyncio.timeout(within_s), self._arrived:
                await self._arrived.wait_for(lambda: found() is not None)
        except TimeoutError:
            have = [message["type"] for message in phone.messages]
            raise AssertionError(f"{phone.name} was not told {kind} {facts}; it has {have}") from None
        message = found()
        assert message is not None
        phone.expected.append(message)
        return message

    async def _receive(self, request: web.Request) -> web.Response:
        phone = self._phones[request.match_info["name"]]
        body = await request.read()
        phone.attempts += 1
        phone.has_failed = phone.has_failed or phone.behaviour != "ok"
        if phone.behaviour == "hang":
            await self._closing.wait()
            return web.Response(status=503)
        if phone.behaviour != "ok":
            return web.Response(status=int(phone.behaviour))
        phone.signatures.append(len(request.headers["webhook-signature"].split(" ")))
        content = phone.verified(body, request.headers)
        phone.unpublished += _unpublished(content)
        message = content | {"webhook-id": request.headers["webhook-id"]}
        async with self._arrived:
            if message not in phone.messages:
                phone.messages.append(message)
            self._arrived.notify_all()
        return web.Response(status=204)

    async def close(self) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
