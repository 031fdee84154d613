"""Each decision of a dispatch made again from what it was made from, and compared with what was written down then.

The inputs stay here: what is shown is who was decided otherwise and how, never where anybody was, and why somebody was
left out as far as the reader may know it.
"""

import json
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.alerts.domain.decision import NotKept, decide, unpack
from services.alerts.domain.discretion import known_to, told
from services.alerts.domain.replay import LEFT_OUT, Difference, Kept, differences
from services.alerts.domain.visibility import Viewer
from services.alerts.policies import policy_of
from services.alerts.queries.dispatches import Dispatch
from services.alerts.queries.kept_rankings import left_out_of
from services.alerts.queries.workers import whose_are
from shared.kernel.vocabulary import DispatchRole, LeftOut
from shared.persistence.transaction import Row, Transaction

_KEPT = """
SELECT r.id, r.role, r.at, r.cause, r.step, r.ranked, r.left_out, i.inputs
FROM rankings r LEFT JOIN decision_inputs i ON i.ranking_id = r.id
WHERE r.incident_id = :incident_id ORDER BY r.id
"""


class DifferenceOut(BaseModel):
    interrupter_id: UUID | None
    kept: str
    replayed: str


class ReplayedDecision(BaseModel):
    """`follows` None: it cannot be told, as `why_not` says."""

    decision_id: int
    role: DispatchRole
    at: datetime
    cause: str
    people: int
    follows: bool | None
    why_not: str | None
    differences: list[DifferenceOut]


class Replay(BaseModel):
    """`follows`: no decision that can be made again comes out otherwise."""

    incident_id: UUID
    policy_name: str
    policy_version: int
    follows: bool
    decisions: list[ReplayedDecision]


async def replay(tx: Transaction, dispatch: Dispatch, viewer: Viewer) -> Replay:
    rows = await tx.rows(_KEPT, incident_id=dispatch.incident_id)
    decisions = [_again(row, dispatch) for row in rows]
    await _hide(tx, decisions, viewer)
    return Replay(
        incident_id=dispatch.incident_id,
        policy_name=dispatch.row.policy_name,
        policy_version=dispatch.row.policy_version,
        follows=all(one.follows is not False for one in decisions),
        decisions=decisions,
    )


async def _hide(tx: Transaction, decisions: list[ReplayedDecision], viewer: Viewer) -> None:
    """That it came out otherwise stays told, and of whom."""
    shown = [one for decision in decisions for one in decision.differences if one.interrupter_id]
    whose = await whose_are(tx, {one.interrupter_id for one in shown if one.interrupter_id}) if shown else {}
    for one in shown:
        found = one.interrupter_id and whose.get(one.interrupter_id)
        known = known_to(viewer, found) if found else frozenset()
        one.kept, one.replayed = _said(one.kept, known), _said(one.replayed, known)


def _said(decided: str, known: frozenset[LeftOut]) -> str:
    if not decided.startswith(LEFT_OUT):
        return decided
    return LEFT_OUT + told(LeftOut(decided.removeprefix(LEFT_OUT)), known)


def _again(row: Row, dispatch: Dispatch) -> ReplayedDecision:
    found, why_not = None, None
    try:
        found = _compared(row, dispatch) if row["inputs"] is not None else None
        why_not = "what it was made from is not kept" if found is None else None
    except NotKept as fact:
        why_not = f"it was made before this was judged: {fact}"
    return ReplayedDecision(
        decision_id=row["id"],
        role=row["role"],
        at=row["at"],
        cause=row["cause"],
        people=len(row["ranked"]) + len(left_out_of(row["left_out"])),
        follows=None if found is None else not found,
        why_not=why_not,
        differences=[
            DifferenceOut(interrupter_id=d.interrupter_id, kept=d.kept, replayed=d.replayed) for d in found or ()
        ],
    )


def _compared(row: Row, dispatch: Dispatch) -> tuple[Difference, ...]:
    inputs, stored = unpack(json.loads(row["inputs"])), dispatch.row
    policy = policy_of(stored.policy_name, stored.policy_version, stored.policy, inputs.incident)
    return differences(kept_of(row), decide(inputs, policy).ranking)


def kept_of(row: Row) -> Kept:
    return Kept(
        ranked=tuple(
            (UUID(one["interrupter_id"]), one["tier"], one["distance_m"], one["step"]) for one in row["ranked"]
        ),
        left_out={UUID(one["interrupter_id"]): one["reason"] for one in left_out_of(row["left_out"])},
        step=row["step"],
    )
