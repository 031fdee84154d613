"""Write a decision down: everybody considered, in order or with the reason; and tell it, the first of them."""

import json
from collections.abc import Iterable, Sequence

from pydantic_core import to_json

from services.alerts.domain.decision import Decision, pack
from services.alerts.domain.distances import coarse_m
from services.alerts.domain.ranking import Why
from services.alerts.queries.dispatches import Dispatch
from shared.contracts.events.dispatches import DispatchRanked
from shared.contracts.left_out import told
from shared.persistence.transaction import Transaction

# An event must fit its topic whatever the size of a programme; the explanation has everybody.
EVENT_RANKED, EVENT_LEFT_OUT = 50, 200
# Ids, codes and whole numbers of our own need no escaping, and there may be thousands: encoding takes a fourth so.
_RANKED_JSON = '{{"interrupter_id": "{}", "tier": "{}", "distance_m": {}, "step": {}}}'
_LEFT_OUT_JSON = '{{"reason": "{}", "step": {}, "people": ["{}"]}}'
_KEEP = """
WITH kept AS (
    INSERT INTO rankings (incident_id, role, at, cause, step, ranked, left_out)
    VALUES (:incident_id, :role, app_now(), :cause, :step, CAST(:ranked AS json), CAST(:left_out AS json))
    RETURNING id
)
INSERT INTO decision_inputs (ranking_id, inputs) SELECT id, CAST(:inputs AS text) FROM kept
"""


async def keep_decision(tx: Transaction, dispatch: Dispatch, decision: Decision, cause: str) -> None:
    """With what it was made from. Those left out are kept by the reason: thousands have one of few."""
    role, ranking = decision.inputs.need.role, decision.ranking
    ranked = [(str(one.interrupter_id), one.tier, coarse_m(one.distance_m), one.step) for one in ranking.ranked]
    left_out = {why: [str(who) for who in people] for why, people in ranking.unable.items()}
    await tx.run(
        _KEEP,
        incident_id=dispatch.incident_id,
        role=role.value,
        cause=cause,
        step=ranking.step,
        ranked=_as_json(_RANKED_JSON.format(*one) for one in ranked),
        left_out=_as_json(_left_out_json(why, people) for why, people in left_out.items()),
        inputs=to_json(pack(decision.inputs, dispatch.policy.radius_steps_m)).decode(),
    )
    reasons = {who: told(why.reason) for why, people in left_out.items() for who in people}
    await dispatch.record(
        tx,
        DispatchRanked,
        role=role,
        policy=dispatch.row.policy_name,
        policy_version=dispatch.row.policy_version,
        ranked=[
            {"interrupter_id": who, "tier": tier, "distance_m": distance_m}
            for who, tier, distance_m, _ in ranked[:EVENT_RANKED]
        ],
        left_out=[{"interrupter_id": who, "reason": reasons[who]} for who in sorted(reasons)[:EVENT_LEFT_OUT]],
    )


def _left_out_json(why: Why, people: Sequence[str]) -> str:
    return _LEFT_OUT_JSON.format(why.reason, json.dumps(why.step), '","'.join(people))


def _as_json(entries: Iterable[str]) -> str:
    return f"[{','.join(entries)}]"
