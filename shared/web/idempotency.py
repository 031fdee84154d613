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
from shared.persistence.request_keys import Scope
from shared.persistence.transaction import Transaction
from shared.web.problems import Problem

KEEP_DAYS = 30
_LOCK = "SELECT pg_try_advisory_xact_lock(:key) AS taken"
_STORED = """
SELECT body_sha256, status, response FROM idempotency_keys
WHERE principal = :principal AND route = :route AND key = :key
"""
_FORGET = f"""
DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM idempotency_keys WHERE created_at < clock_timestamp() - interval '{KEEP_DAYS} days' LIMIT 1000))
"""  # noqa: S608 - a constant

_STORE = """
INSERT INTO idempotency_keys (principal, route, key, body_sha256, status, response)
SELECT principal, route, key, body_sha256, status, CAST(response AS jsonb)
FROM unnest(CAST(:principal AS text[]), CAST(:route AS text[]), CAST(:key AS text[]), CAST(:digest AS bytea[]),
            CAST(:status AS integer[]), CAST(:response AS text[]))
    AS answered (principal, route, key, body_sha256, status, response)
"""

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
            scope = self.scope(principal)
            if scope is None:
                status, body = await produce(tx)
                return answer_with(status, body.model_dump(mode="json"))
            repeated = await self._repeated(tx, scope)
            if repeated is not None:
                return repeated
            status, body = await produce(tx)
            answer = body.model_dump(mode="json")
            store(tx, scope, self._body_sha256, status, json.dumps(answer))
        return answer_with(status, answer)

    def scope(self, principal: Principal) -> Scope | None:
        """None without a key: nothing tells a repeat then."""
        return None if self._key is None else Scope(principal.subject, self._route(), self._key)

    @property
    def body_sha256(self) -> bytes:
        return self._body_sha256

    async def _repeated(self, tx: Transaction, scope: Scope) -> JSONResponse | None:
        if not (await tx.row(_LOCK, key=scope.lock))["taken"]:
            raise Problem(409, "in-flight", "The same request is being carried out.", headers={"Retry-After": "1"})
        stored = await tx.row_or_none(_STORED, **scope._asdict())
        if stored is None:
            return None
        if bytes(stored["body_sha256"]) != self._body_sha256:
            raise Problem(422, "idempotency-key-reused", "The Idempotency-Key was used with another body.")
        return answer_with(stored["status"], stored["response"], replayed=True)

    def _route(self) -> str:
        """The path itself: the same key on two things' sub-resources is two requests."""
        return f"{self._request.method} {self._request.scope['path']}"


def store(tx: Transaction, scope: Scope, body_sha256: bytes, status: int, answer: str) -> None:
    """`answer`: as JSON."""
    tx.put(_STORE, **scope._asdict(), digest=body_sha256, status=status, response=answer)


def answer_with(status: int, body: Any, *, replayed: bool = False) -> JSONResponse:
    return JSONResponse(body, status_code=status, headers={"Idempotency-Replayed": "true"} if replayed else {})


async def _once(
    request: Request,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")] = None,
) -> Once:
    return Once(request, idempotency_key, await request.body())


Idempotent = Annotated[Once, Depends(_once)]


async def forget_old_keys(tx: Transaction) -> int:
    return await tx.run(_FORGET)
