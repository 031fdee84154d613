"""A dispatch policy is stored as the next version of its name, unless it is the newest already.

The policy in force is the one loaded last: loading a known one again puts it back in force.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.persistence.transaction import Transaction

# Two programmes of one service are never loaded at the same moment without one waiting for the other.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7283002)"
_NEXT = """
INSERT INTO policies (name, version, body, loaded_at)
SELECT :name, coalesce(max(version), 0) + 1, CAST(:body AS jsonb), app_now() FROM policies WHERE name = :name
HAVING NOT coalesce(
    (array_agg(body ORDER BY version DESC))[1] = CAST(:body AS jsonb), false)
RETURNING version
"""
_NEWEST = "SELECT max(version) AS version FROM policies WHERE name = :name"
_IN_FORCE_AGAIN = """
UPDATE policies SET loaded_at = app_now() WHERE name = :name AND version = :version
AND EXISTS (SELECT FROM policies later WHERE later.loaded_at > policies.loaded_at)
"""


@dataclass(frozen=True)
class LoadedPolicy:
    name: str
    version: int
    is_new: bool


async def load_policy(tx: Transaction, name: str, body: Mapping[str, Any]) -> LoadedPolicy:
    await tx.run(_ONE_AT_A_TIME)
    stored = await tx.row_or_none(_NEXT, name=name, body=json.dumps(body))
    if stored is not None:
        return LoadedPolicy(name, stored["version"], is_new=True)
    version = (await tx.row(_NEWEST, name=name))["version"]
    await tx.run(_IN_FORCE_AGAIN, name=name, version=version)
    return LoadedPolicy(name, version, is_new=False)
