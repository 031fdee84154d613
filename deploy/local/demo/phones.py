"""The simulated phones, as a process of their own: real HTTP receivers that believe nothing without a good signature.

    python -m deploy.local.demo.phones CONFIG

Every arrival is written down with its real time before anything else is done about it. A message that arrives twice
(same `webhook-id`) is reacted to once.
"""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from aiohttp import web
from pydantic import BaseModel, ConfigDict
from standardwebhooks import Webhook, WebhookVerificationError

from deploy.local.demo.api import Api
from deploy.local.demo.manners import Manner
from deploy.local.demo.reactions import Person, Reactions


class PhoneConfig(BaseModel):
    """`manner` None: a desk that is paged, an organization's supervisor or the duty dispatcher."""

    model_config = ConfigDict(frozen=True)

    name: str
    secret: str
    token: str
    manner: Manner | None = None


class NetworkConfig(BaseModel):
    """`refusing_port` is held and never listened on: who calls it is refused by the kernel."""

    model_config = ConfigDict(frozen=True)

    alerts_url: str
    port: int
    refusing_port: int
    arrivals: Path
    phones: tuple[PhoneConfig, ...]


class Network:
    def __init__(self, config: NetworkConfig, arrivals: TextIO) -> None:
        self._phones = {phone.name: phone for phone in config.phones}
        self._arrivals = arrivals
        self._seen: set[str] = set()
        self._reactions = Reactions(config.alerts_url)
        self._closing = asyncio.Event()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/readyz", self._ready)
        app.router.add_post("/phones/{name}", self._receive)
        app.cleanup_ctx.append(self._run)
        app.on_shutdown.append(self._let_go)
        return app

    async def _run(self, _: web.Application) -> AsyncIterator[None]:
        async with Api() as api:
            self._reactions.open(api)
            yield
            await self._reactions.close()

    async def _let_go(self, _: web.Application) -> None:
        self._closing.set()

    async def _ready(self, _: web.Request) -> web.Response:
        return web.Response(text="ready")

    async def _receive(self, request: web.Request) -> web.Response:
        arrived = datetime.now(UTC)
        phone = self._phones.get(request.match_info["name"])
        if phone is None:
            return web.Response(status=404)
        body = await request.read()
        message = _verified(phone.secret, body, dict(request.headers))
        self._write(arrived, phone.name, request.headers.get("webhook-id", ""), message)
        if message is None:
            return web.Response(status=401)
        if phone.manner is Manner.HANGS:
            await self._closing.wait()
        self._react(phone, request.headers["webhook-id"], message)
        return web.Response(status=204)

    def _react(self, phone: PhoneConfig, webhook_id: str, message: dict[str, Any]) -> None:
        if webhook_id not in self._seen:
            self._seen.add(webhook_id)
            self._reactions.begin(Person(phone.name, phone.token, phone.manner), message)

    def _write(self, arrived: datetime, receiver: str, webhook_id: str, message: dict[str, Any] | None) -> None:
        said = message or {"type": None, "data": {}}
        entry = {
            "at": arrived.isoformat(),
            "receiver": receiver,
            "webhook_id": webhook_id,
            "verified": message is not None,
            "type": said["type"],
            "incident_id": said["data"].get("incident_id"),
            "offer_id": said["data"].get("offer_id"),
        }
        self._arrivals.write(json.dumps(entry) + "\n")
        self._arrivals.flush()


def _verified(secret: str, body: bytes, headers: dict[str, str]) -> dict[str, Any] | None:
    """None for a message that is not signed as it should be; the library raises ValueError too when it is malformed."""
    try:
        message: dict[str, Any] = Webhook(secret).verify(body, headers)
    except (WebhookVerificationError, ValueError):
        return None
    return message


def main(config_path: str) -> None:
    config = NetworkConfig.model_validate_json(Path(config_path).read_text())
    with socket.socket() as refusing, config.arrivals.open("a") as arrivals:
        refusing.bind(("127.0.0.1", config.refusing_port))
        web.run_app(
            Network(config, arrivals).app(),
            host="127.0.0.1",
            port=config.port,
            access_log=None,
            print=None,
            shutdown_timeout=0.5,
        )


if __name__ == "__main__":
    main(sys.argv[1])
