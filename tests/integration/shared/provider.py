"""An identity provider over real HTTP whose keys, answers and absence a test decides."""

import base64
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc.jwk import ECKey, RSAKey

from deploy.local.ports import free_ports

AUDIENCE = "truce"


class Provider:
    """`asked` counts fetches of the keys. `broken`: the status that it answers with instead."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.port = port
        self.key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        self.offered: list[dict[str, Any]] = [dict(self.key.as_dict(private=False))]
        self.discovery: dict[str, Any] = {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"}
        self.answer: str | None = None
        self.asked = 0
        self.broken: int | None = None
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discovery)
        app.router.add_get("/keys", self._keys)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _discovery(self, _: web.Request) -> web.Response:
        return web.json_response(self.discovery, status=self.broken or 200)

    async def _keys(self, _: web.Request) -> web.Response:
        self.asked += 1
        text = self.answer if self.answer is not None else json.dumps({"keys": self.offered})
        return web.Response(text=text, content_type="application/json")

    def token(self, key: Any = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A sound token, but for the given claims and header fields; None leaves one out."""
        now = int(time.time())
        sound = {"iss": self.issuer, "aud": AUDIENCE, "sub": "somebody", "iat": now, "nbf": now, "exp": now + 600}
        key = key or self.key
        fields = {"alg": "ES256", "typ": "at+jwt", "kid": getattr(key, "kid", None)} | (header or {})
        body = sound | {"roles": ["dispatcher"]} | claims
        message = f"{_part(fields)}.{_part(body)}".encode()
        return f"{message.decode()}.{_encoded(_signature(str(fields['alg']), key, message))}"


def _part(values: dict[str, Any]) -> str:
    return _encoded(json.dumps({name: value for name, value in values.items() if value is not None}).encode())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _signature(alg: str, key: Any, message: bytes) -> bytes:
    """By hand, since a library for good tokens refuses to make bad ones. A key of bytes is a secret."""
    if isinstance(key, bytes):
        return hmac.digest(key, message, "sha256")
    if isinstance(key, RSAKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        assert key.private_key is not None
        return key.private_key.sign(message, pss if alg == "PS256" else padding.PKCS1v15(), hashes.SHA256())
    assert isinstance(key, ECKey)
    assert key.private_key is not None
    r, s = decode_dss_signature(key.private_key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    (port,) = free_ports(1)
    made = Provider(port)
    await made.open()
    try:
        yield made
    finally:
        await made.close()
