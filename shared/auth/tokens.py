"""Bearer tokens → Principal, by OIDC discovery and JWKS.

The algorithm list, issuer, audience and type are pinned here; a token's own hints about where keys are (`jku`, `x5u`,
`jwk`) are never followed. Keys are cached, asked for again at most once a minute (every second while there are none
at all), whatever tokens come, and kept when the provider is away.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiohttp
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, import_key

from shared.auth.principal import Principal, Role
from shared.kernel.clock import unix_ms
from shared.kernel.errors import Unavailable
from shared.observability.logs import get_logger

ALGORITHMS = ["ES256", "RS256"]
TYPES = ("at+jwt", "jwt")
LEEWAY_S = 60
REFETCH_S = 60.0
FIRST_FETCH_S = 1.0
_FETCH_TIMEOUT = aiohttp.ClientTimeout(total=5)
_MAX_TOKEN_CHARS = 8192
_ACCEPTED_S = 10.0
_MOST_ACCEPTED = 1000
log = get_logger(__name__)


class BadToken(Exception):
    """The token is not one this deployment accepts. The reason is for the log, not for the caller."""


@dataclass(frozen=True, slots=True)
class _Accepted:
    """`until`: seconds since 1970. Only as long as the keys are those by which it was accepted."""

    principal: Principal
    keys: KeySet
    until: float

    def holds(self, keys: KeySet) -> bool:
        return keys is self.keys and unix_ms() / 1000 < self.until


class TokenVerifier:
    def __init__(self, issuer: str, audience: str) -> None:
        self._accepted: dict[str, _Accepted] = {}
        self._issuer = issuer.rstrip("/")
        self._audience = audience
        self._keys: KeySet | None = None
        self._asked_at = float("-inf")
        self._lock = asyncio.Lock()

    async def verify(self, token: str) -> Principal:
        """Raises BadToken, or Unavailable while no key was ever fetched."""
        if len(token) > _MAX_TOKEN_CHARS:
            raise BadToken("too long")
        keys = await self._keys_now()
        if (known := self._accepted.get(token)) is not None and known.holds(keys):
            return known.principal
        return self._accept(token, await self._decoded(token, keys))

    def _accept(self, token: str, decoded: jwt.Token) -> Principal:
        """Remembers it for a moment: checking a signature takes as long as all else that is done with a request."""
        principal = self._principal(decoded.header, decoded.claims)
        assert self._keys is not None
        if len(self._accepted) >= _MOST_ACCEPTED:
            self._accepted.clear()
        until = min(unix_ms() / 1000 + _ACCEPTED_S, decoded.claims["exp"] + LEEWAY_S)
        self._accepted[token] = _Accepted(principal, self._keys, until)
        return principal

    async def _decoded(self, token: str, keys: KeySet) -> jwt.Token:
        try:
            return self._decode(token, keys)
        except (JoseError, ValueError) as first:
            keys = await self._keys_afresh()
            try:
                return self._decode(token, keys)
            except (JoseError, ValueError):
                raise BadToken(type(first).__name__) from None

    def _decode(self, token: str, keys: KeySet) -> jwt.Token:
        return jwt.decode(token, keys, algorithms=ALGORITHMS)

    def _principal(self, header: dict[str, Any], claims: dict[str, Any]) -> Principal:
        if str(header.get("typ", "")).lower() not in TYPES:
            raise BadToken("typ")
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            registry.validate(claims)
            return Principal(
                subject=_name(claims["sub"]),
                roles=frozenset(Role(role) for role in claims.get("roles", []) if role in set(Role)),
                organization=_uuid(claims.get("org")),
                worker=_uuid(claims.get("worker")),
                source_kind=None if claims.get("source_kind") is None else _name(claims["source_kind"]),
            )
        except (JoseError, ValueError, TypeError) as error:
            raise BadToken(type(error).__name__) from None

    async def _keys_now(self) -> KeySet:
        if self._keys is None:
            return await self._keys_afresh()
        return self._keys

    async def _keys_afresh(self) -> KeySet:
        async with self._lock:
            pause_s = FIRST_FETCH_S if self._keys is None else REFETCH_S
            if time.monotonic() - self._asked_at >= pause_s:
                try:
                    self._keys = await self._fetch()
                except (aiohttp.ClientError, OSError, JoseError, ValueError, KeyError, TypeError) as error:
                    log.warning("auth.keys_unavailable", error=type(error).__name__)
                self._asked_at = time.monotonic()
            if self._keys is None:
                raise Unavailable("the identity provider cannot be reached")
            return self._keys

    async def _fetch(self) -> KeySet:
        async with aiohttp.ClientSession(timeout=_FETCH_TIMEOUT) as session:
            document = await _get(session, f"{self._issuer}/.well-known/openid-configuration")
            if str(document["issuer"]).rstrip("/") != self._issuer:
                raise ValueError("the discovery document is another issuer's")
            offered = (await _get(session, str(document["jwks_uri"])))["keys"]
        keys = [key for key in map(_key, offered) if key is not None]
        if not keys:
            raise ValueError("the provider has no key that can be used here")
        return KeySet(keys)


async def _get(session: aiohttp.ClientSession, url: str) -> Any:
    async with session.get(url, allow_redirects=False) as response:
        response.raise_for_status()
        return await response.json()


def _key(offered: Any) -> Key | None:
    """None for a kind of key that is of no use here: it must not spoil the others."""
    try:
        return import_key(offered)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        log.info("auth.key_ignored", error=type(error).__name__)
        return None


def _name(value: object) -> str:
    if not (isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable()):
        raise ValueError("not a name")
    return value


def _uuid(value: object) -> UUID | None:
    return None if value is None else UUID(str(value))
