"""Bring a dispatch to where its policy wants it: ask as many people as are missing, or say that nobody is left.

Called after everything that may have changed who is missing or who is able; does nothing when nothing is missing.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypeVar

from services.alerts.domain.offers import to_ask
from services.alerts.domain.policy import Policy
from services.alerts.domain.ranking import Ranking, rank
from services.alerts.programme import policy_of
from services.alerts.queries.candidates import candidates
from services.alerts.queries.dispatches import Dispatch, coarse_m
from services.alerts.queries.standing import need_of
from services.alerts.usecases.make_offer import make_offer
from services.alerts.usecases.open_page import open_page
from services.alerts.usecases.settle_page import settle_exhausted_page
from shared.contracts.dispatch_snapshot import LeftOutPart, RankedPart
from shared.contracts.events.dispatches import DispatchExhausted, DispatchRanked, DispatchReopened, DispatchStaffed
from shared.kernel.vocabulary import DispatchRole, DispatchState
from shared.persistence.transaction import Transaction

# An event must fit its topic whatever the size of a programme; the explanation has everybody.
EVENT_RANKED, EVENT_LEFT_OUT = 50, 200
_RANKED, _LEFT_OUT = ("interrupter_id", "tier", "distance_m"), ("interrupter_id", "reason")
# Ids, codes and whole numbers of our own need no escaping, and there may be thousands: encoding takes a fourth so.
_RANKED_JSON = '{{"interrupter_id": "{}", "tier": "{}", "distance_m": {}}}'
_LEFT_OUT_JSON = '{{"interrupter_id": "{}", "reason": "{}"}}'
P = TypeVar("P", RankedPart, LeftOutPart)
_KEEP_RANKING = """
INSERT INTO rankings (incident_id, role, at, cause, ranked, left_out)
VALUES (:incident_id, :role, app_now(), :cause, CAST(:ranked AS jsonb), CAST(:left_out AS jsonb))
"""


async def staff_roles(tx: Transaction, dispatch: Dispatch, *, cause: str) -> None:
    """The dispatch is locked. `cause` is a code that the explanation shows."""
    policy = policy_of(dispatch.row.policy_name, dispatch.row.policy_version, dispatch.row.policy)
    filled = True
    for role, wanted in policy.roles.items():
        filled &= await _staff(tx, dispatch, policy, role, wanted, cause)
    if filled and dispatch.row.state != DispatchState.STAFFED:
        dispatch.row.state, dispatch.row.reconsider_at = DispatchState.STAFFED, None
        if dispatch.row.exhausted_count:
            await settle_exhausted_page(tx, dispatch.incident_id)
        await dispatch.record(tx, DispatchStaffed)


async def _staff(
    tx: Transaction, dispatch: Dispatch, policy: Policy, role: DispatchRole, wanted: int, cause: str
) -> bool:
    """True if the role is filled."""
    stand = dispatch.stand(role, wanted)
    missing = to_ask(stand, policy.parallel_offers)
    if missing == 0:
        return stand.filled >= wanted
    ranking = await _decide(tx, dispatch, policy, role)
    made = 0
    for choice in ranking.ranked:
        if made == missing:
            break
        made += await make_offer(tx, dispatch, policy, role, choice)
    if made or dispatch.row.state != DispatchState.EXHAUSTED:
        await _keep(tx, dispatch, role, ranking, cause)
    if made:
        await _reopened(tx, dispatch)
    elif stand.live == 0 and dispatch.row.state != DispatchState.EXHAUSTED:
        await _exhausted(tx, dispatch, policy, role)
    return False


async def _decide(tx: Transaction, dispatch: Dispatch, policy: Policy, role: DispatchRole) -> Ranking:
    need, zone = await need_of(tx, dispatch, role), dispatch.row.policy["time_zone"]
    people = await candidates(
        tx, incident_id=dispatch.incident_id, role=role, community=dispatch.row.community, time_zone=zone
    )
    return rank(people, need, policy)


async def _keep(tx: Transaction, dispatch: Dispatch, role: DispatchRole, ranking: Ranking, cause: str) -> None:
    """The explanation has everybody, the event the first of them. Not validated: our own values, maybe thousands."""
    ranked = [(one.interrupter_id, one.tier, coarse_m(one.distance_m)) for one in ranking.ranked]
    left_out = [(one.interrupter_id, one.reason) for one in ranking.not_asked]
    await tx.run(
        _KEEP_RANKING,
        incident_id=dispatch.incident_id,
        role=role.value,
        cause=cause,
        ranked=_as_json(_RANKED_JSON, ranked),
        left_out=_as_json(_LEFT_OUT_JSON, left_out),
    )
    await dispatch.record(
        tx,
        DispatchRanked,
        role=role,
        policy=dispatch.row.policy_name,
        policy_version=dispatch.row.policy_version,
        ranked=tuple(_part(RankedPart, _RANKED, one) for one in ranked[:EVENT_RANKED]),
        left_out=tuple(_part(LeftOutPart, _LEFT_OUT, one) for one in left_out[:EVENT_LEFT_OUT]),
    )


def _as_json(form: str, people: Iterable[tuple[object, ...]]) -> str:
    return f"[{','.join([form.format(*one) for one in people])}]"


def _part(kind: type[P], names: tuple[str, ...], one: tuple[Any, ...]) -> P:
    return kind.model_construct(**dict(zip(names, one, strict=True)))


async def _reopened(tx: Transaction, dispatch: Dispatch) -> None:
    if dispatch.row.state == DispatchState.OPEN:
        return
    was = dispatch.row.state
    dispatch.row.state, dispatch.row.reconsider_at = DispatchState.OPEN, None
    if was == DispatchState.EXHAUSTED:
        await settle_exhausted_page(tx, dispatch.incident_id)
    await dispatch.record(tx, DispatchReopened)


async def _exhausted(tx: Transaction, dispatch: Dispatch, policy: Policy, role: DispatchRole) -> None:
    dispatch.row.state = DispatchState.EXHAUSTED
    dispatch.row.exhausted_count += 1
    # Somebody may have become free while this was being decided.
    dispatch.row.reconsider_at = await tx.now() + timedelta(seconds=2)
    await dispatch.record(tx, DispatchExhausted, role=role)
    await open_page(
        tx,
        kind="exhausted",
        subject=str(dispatch.incident_id),
        repeat_s=int(policy.page_repeat.total_seconds()),
        incident_id=dispatch.incident_id,
    )
