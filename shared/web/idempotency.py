"""`Idempotency-Key`: the same request sent again gets the same answer and changes nothing.

The answer is stored in the transaction of the effect. Same key and same body → the stored answer; another body → 422;
still in flight → 409. Scope: caller, route and key.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from shared.auth.principal import Principal, Role
from shared.persistence.transaction import Transaction
from shared.web.problems import Problem

KEEP_DAYS = 30
_LOCK = "SELECT pg_try_advisory_xact_lock(:key) AS taken"
_STORED = """
SELECT body_sha256, status, response FROM idempotency_keys
WHERE principal = :principal AND route = :route AND key = :key
"""
_STORE = """
INSERT INTO idempotency_keys (principal, route, key, body_sha256, status, response)
VALUES (:principal, :route, :key, :body_sha256, :status, CAST(:response AS jsonb))
"""
_FORGET = f"""
DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM idempotency_keys WHERE created_at < clock_timestamp() - interval '{KEEP_DAYS} days' LIMIT 1000))
"""  # noqa: S608 - a constant

Produce = Callable[[Transaction], Awaitable[tuple[int, BaseModel]]]


class Once:
    """What identifies this request as a repeat. `run` carries it out once."""

    def __init__(self, request: Request, key: str | None, body: bytes) -> None:
        self._request = request
        self._key = key
        self._body_sha256 = hashlib.sha256(body).digest()

    def require_key(self, principal: Principal) -> None:
        """Machines must be able to repeat themselves safely."""
        if self._key is None and principal.has(Role.SOURCE):
            raise Problem(428, "idempotency-key-required", "A machine source must send an Idempotency-Key.")

    async def run(self, principal: Principal, produce: Produce) -> JSONResponse:
        """`produce` returns status and body; both are stored with its effects."""
        async with self._request.app.state.db.transaction() as tx:
            if self._key is None:
                status, body = await produce(tx)
                return _answer(status, body.model_dump(mode="json"))
            scope = {"principal": principal.subject, "route": self._route(), "key": self._key}
            repeated = await self._repeated(tx, scope)
            if repeated is not None:
                return repeated
            status, body = await produce(tx)
            answer = body.model_dump(mode="json")
            await tx.run(_STORE, **scope, body_sha256=self._body_sha256, status=status, response=json.dumps(answer))
        return _answer(status, answer)

    async def _repeated(self, tx: Transaction, scope: dict[str, str]) -> JSONResponse | None:
        digest = hashlib.sha256("\0".join(scope.values()).encode()).digest()
        lock = int.from_bytes(digest[:8], "big", signed=True)
        if not (await tx.row(_LOCK, key=lock))["taken"]:
            raise Problem(409, "in-flight", "The same request is being carried out.", headers={"Retry-After": "1"})
        stored = await tx.row_or_none(_STORED, **scope)
        if stored is None:
            return None
        if bytes(stored["body_sha256"]) != self._body_sha256:
            raise Problem(422, "idempotency-key-reused", "The Idempotency-Key was used with another body.")
        return _answer(stored["status"], stored["response"], replayed=True)

    def _route(self) -> str:
        """The path itself: the same key on two things' sub-resources is two requests."""
        return f"{self._request.method} {self._request.scope['path']}"


def _answer(status: int, body: Any, *, replayed: bool = False) -> JSONResponse:
    return JSONResponse(body, status_code=status, headers={"Idempotency-Replayed": "true"} if replayed else {})


async def _once(
    request: Request,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")] = None,
) -> Once:
    return Once(request, idempotency_key, await request.body())


Idempotent = Annotated[Once, Depends(_once)]


async def forget_old_keys(tx: Transaction) -> int:
    return await tx.run(_FORGET)
