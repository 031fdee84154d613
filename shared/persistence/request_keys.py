"""Within which an idempotency key is one request, and how a statement finds out which of several are new.

Part of a statement, so that whoever asks has the rest of what it must know in the same round trip.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

# A statement sees what was there when it began: a key that was stored while its lock was waited for violates a
# constraint later, and all is done alone. Without a key nothing tells a repeat. `place` begins with 1. OFFSET 0:
# each key is looked up by itself. Else all that there are would be read, where the table was small when it was planned.
UNASKED = """
SELECT asked.place, asked.lock IS NULL OR (pg_try_advisory_xact_lock(asked.lock) AND NOT EXISTS (
    SELECT FROM idempotency_keys k WHERE (k.principal, k.route, k.key) = (asked.principal, asked.route, asked.key)
    OFFSET 0
)) AS unasked
FROM unnest(CAST(:locks AS bigint[]), CAST(:principals AS text[]), CAST(:routes AS text[]), CAST(:keys AS text[]))
    WITH ORDINALITY AS asked (lock, principal, route, key, place)
"""


class Scope(NamedTuple):
    """`key` of one caller on one route."""

    principal: str
    route: str
    key: str

    @property
    def lock(self) -> int:
        digest = hashlib.sha256("\0".join(self).encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)


def asked(scopes: Sequence[Scope | None]) -> dict[str, list[Any]]:
    """The parameters of UNASKED. What is unasked is this transaction's from then on."""
    columns = {f"{name}s": [scope and getattr(scope, name) for scope in scopes] for name in Scope._fields}
    return {"locks": [scope and scope.lock for scope in scopes], **columns}
