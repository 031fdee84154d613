"""Write a decision down: everybody considered, in order or with the reason; and tell it, the first of them."""

import json
from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from services.alerts.domain.decision import Decision, pack
from services.alerts.domain.distances import coarse_m
from services.alerts.queries.dispatches import Dispatch
from shared.contracts.dispatch_snapshot import LeftOutPart, RankedPart
from shared.contracts.events.dispatches import DispatchRanked
from shared.contracts.left_out import told
from shared.kernel.vocabulary import LeftOut
from shared.persistence.transaction import Transaction

# An event must fit its topic whatever the size of a programme; the explanation has everybody.
EVENT_RANKED, EVENT_LEFT_OUT = 50, 200
_RANKED, _LEFT_OUT = ("interrupter_id", "tier", "distance_m"), ("interrupter_id", "reason")
# Ids, codes and whole numbers of our own need no escaping, and there may be thousands: encoding takes a fourth so.
_RANKED_JSON = '{{"interrupter_id": "{}", "tier": "{}", "distance_m": {}, "step": {}}}'
_LEFT_OUT_JSON = {reason: f'", "reason": "{reason}"}}' for reason in LeftOut}
_BEYOND_JSON = '{{"interrupter_id": "{}", "reason": "{}", "step": {}}}'
P = TypeVar("P", RankedPart, LeftOutPart)
_KEEP = """
WITH kept AS (
    INSERT INTO rankings (incident_id, role, at, cause, step, ranked, left_out)
    VALUES (:incident_id, :role, app_now(), :cause, :step, CAST(:ranked AS json), CAST(:left_out AS json))
    RETURNING id
)
INSERT INTO decision_inputs (ranking_id, inputs) SELECT id, CAST(:inputs AS text) FROM kept
"""


async def keep_decision(tx: Transaction, dispatch: Dispatch, decision: Decision, cause: str) -> None:
    """With what it was made from. Not validated: our own values, maybe thousands."""
    role, ranking = decision.inputs.need.role, decision.ranking
    ranked = [(one.interrupter_id, one.tier, coarse_m(one.distance_m), one.step) for one in ranking.ranked]
    left_out = ranking.not_asked
    await tx.run(
        _KEEP,
        incident_id=dispatch.incident_id,
        role=role.value,
        cause=cause,
        step=ranking.step,
        ranked=_as_json([_RANKED_JSON.format(*one) for one in ranked]),
        left_out=_as_json([_left_out_json(*one) for one in left_out]),
        inputs=json.dumps(pack(decision.inputs, dispatch.policy.radius_steps_m), separators=(",", ":")),
    )
    await dispatch.record(
        tx,
        DispatchRanked,
        role=role,
        policy=dispatch.row.policy_name,
        policy_version=dispatch.row.policy_version,
        ranked=tuple(_part(RankedPart, _RANKED, one[:3]) for one in ranked[:EVENT_RANKED]),
        left_out=tuple(_part(LeftOutPart, _LEFT_OUT, (one[0], told(one[1]))) for one in left_out[:EVENT_LEFT_OUT]),
    )


def _left_out_json(who: UUID, reason: LeftOut, step: int | None) -> str:
    if step is None:
        return '{"interrupter_id": "' + str(who) + _LEFT_OUT_JSON[reason]
    return _BEYOND_JSON.format(who, reason, step)


def _as_json(people: Iterable[str]) -> str:
    return f"[{','.join(people)}]"


def _part(kind: type[P], names: tuple[str, ...], one: tuple[Any, ...]) -> P:
    return kind.model_construct(**dict(zip(names, one, strict=True)))
