"""A policy tried on the dispatches of the last days: read, decided again, compared; nothing is written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.alerts.domain.decision import Inputs, NotKept, unpack
from services.alerts.domain.trial import Comparison, compare
from services.alerts.policies import policy_of
from shared.kernel.vocabulary import DispatchRole
from shared.persistence.transaction import Row, Transaction

_DISPATCHES = """
SELECT incident_id, activated_at, incident, policy_name, policy_version, policy FROM dispatches
WHERE opened_at > app_now() - CAST(:last AS interval) ORDER BY opened_at, incident_id
"""
_FIRST = """
SELECT DISTINCT ON (r.role) r.role, i.inputs FROM rankings r JOIN decision_inputs i ON i.ranking_id = r.id
WHERE r.incident_id = :incident_id ORDER BY r.role, r.id
"""
_CALL_SIGNS = "SELECT id, call_sign FROM interrupters"


@dataclass(frozen=True)
class TriedIncident:
    """`comparisons` empty: what its decisions were made from is not kept, or is of before all of it was judged."""

    incident_id: UUID
    activated_at: datetime
    kind: str
    where: str
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True)
class Trial:
    incidents: list[TriedIncident]
    call_signs: Mapping[UUID, str]


async def try_policy(tx: Transaction, name: str, body: Mapping[str, Any], *, last: timedelta) -> Trial:
    """`body`: as a policy file says it; the programme's own facts are those of each dispatch."""
    await tx.run("SET TRANSACTION READ ONLY")
    rows = await tx.rows(_DISPATCHES, last=last)
    tried = [await _tried(tx, row, name, body) for row in rows]
    return Trial(tried, {row["id"]: row["call_sign"] for row in await tx.rows(_CALL_SIGNS)})


async def _tried(tx: Transaction, row: Row, name: str, body: Mapping[str, Any]) -> TriedIncident:
    near = row["incident"].get("community")
    return TriedIncident(
        incident_id=row["incident_id"],
        activated_at=row["activated_at"],
        kind=row["incident"]["kind"],
        where=near["name"] if near else "no community",
        comparisons=_compared(row, await tx.rows(_FIRST, incident_id=row["incident_id"]), name, body),
    )


def _compared(row: Row, first: Any, name: str, body: Mapping[str, Any]) -> tuple[Comparison, ...]:
    try:
        decisions: dict[DispatchRole, Inputs] = {
            DispatchRole(one["role"]): unpack(json.loads(one["inputs"])) for one in first
        }
    except NotKept:
        return ()
    if not decisions:
        return ()
    incident = min(decisions.values(), key=lambda one: one.need.at).incident
    before = policy_of(row["policy_name"], row["policy_version"], row["policy"], incident)
    programme = {key: row["policy"][key] for key in ("time_zone", "activation_max_age_s")}
    return compare(decisions, before, policy_of(name, 0, {**body, **programme}, incident))
