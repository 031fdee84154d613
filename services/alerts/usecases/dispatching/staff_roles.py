"""Bring a dispatch to where its policy wants it: ask as many people as are missing, or say that nobody is left.

Called after everything that may have changed who is missing or who is able; does nothing when nothing is missing. The
dispatch is exhausted while there is a role that nobody is left for, whoever is asked for the others.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from services.alerts.domain.decision import Decision, Inputs, decide
from services.alerts.domain.escalation import asked_beside, next_tier_first
from services.alerts.domain.offers import to_ask
from services.alerts.domain.policy import Policy
from services.alerts.domain.ranking import Ranked
from services.alerts.policies import classify
from services.alerts.queries.candidates import barred_and_candidates
from services.alerts.queries.dispatches import Dispatch
from services.alerts.queries.standing import about, need_of
from services.alerts.usecases.dispatching.keep_decision import keep_decision
from services.alerts.usecases.dispatching.keep_escalation import end_escalation, keep_escalation
from services.alerts.usecases.dispatching.make_offer import Asked, make_offer
from services.alerts.usecases.paging.page_exhausted import page_exhausted
from services.alerts.usecases.paging.settle_page import settle_exhausted_page
from shared.contracts.events.dispatches import DispatchExhausted, DispatchReopened, DispatchStaffed
from shared.kernel.vocabulary import DispatchRole, DispatchState, Tier
from shared.persistence.transaction import Transaction

# Somebody may have become free while it was decided that nobody is left.
_LOOK_AGAIN = timedelta(seconds=2)
_EVERYBODY = 1_000_000
_LAST_KEPT = "SELECT max(at) AS at FROM rankings WHERE incident_id = :incident_id AND role = :role"
# How many with a failing phone are asked beside the next one at a time: where every phone fails, the fault is ours.
MOST_BESIDE = 5


class _Stand(Enum):
    FILLED = auto()
    ASKING = auto()
    NOBODY_LEFT = auto()


@dataclass
class _Round:
    """Who was asked: those whose answer is waited for, and those beside whom the next one was asked at once."""

    waited_for: int = 0
    beside: int = 0

    @property
    def anybody(self) -> bool:
        return self.waited_for + self.beside > 0


async def staff_roles(tx: Transaction, dispatch: Dispatch, *, cause: str) -> None:
    """The dispatch is locked. `cause` is a code that the explanation shows."""
    policy = dispatch.policy
    if dispatch.row.taken_over_at is not None:
        if all(dispatch.stand(role, wanted).filled >= wanted for role, wanted in policy.roles.items()):
            await _staffed(tx, dispatch)
        return
    stands = {role: await _staff(tx, dispatch, policy, role, cause) for role in policy.roles}
    nobody_left = [role for role, stand in stands.items() if stand is _Stand.NOBODY_LEFT]
    newly = [role for role in nobody_left if role not in dispatch.row.exhausted_roles]
    if nobody_left:
        await _exhausted(tx, dispatch, nobody_left, newly)
        still_asking = _Stand.ASKING in stands.values()
        await (keep_escalation if still_asking else end_escalation)(tx, dispatch)
    elif all(stand is _Stand.FILLED for stand in stands.values()):
        await _staffed(tx, dispatch)
    else:
        await _reopened(tx, dispatch)


async def _staff(tx: Transaction, dispatch: Dispatch, policy: Policy, role: DispatchRole, cause: str) -> _Stand:
    stand = dispatch.stand(role, policy.roles[role])
    beside = asked_beside(policy, dispatch.row.escalation_step)
    missing = to_ask(stand, policy.parallel_offers + beside)
    if missing == 0:
        return _Stand.FILLED if stand.filled >= stand.wanted else _Stand.ASKING
    made = 0
    for at_least in (_EVERYBODY if beside else missing, _EVERYBODY):
        decision = await _decide(tx, dispatch, role, at_least)
        asked = await _ask(tx, dispatch, policy, decision, missing - made)
        made += asked.waited_for
        if asked.anybody:
            await keep_decision(tx, dispatch, decision, cause)
        if made == missing or not decision.ranking.is_narrowed:
            break
    nobody_left = not (made or stand.live)
    if not (made or asked.anybody or await _is_known(tx, dispatch, role, nobody_left=nobody_left)):
        await keep_decision(tx, dispatch, decision, cause)
    return _Stand.NOBODY_LEFT if nobody_left else _Stand.ASKING


async def _is_known(tx: Transaction, dispatch: Dispatch, role: DispatchRole, *, nobody_left: bool) -> bool:
    """That nobody is left, or nobody more beside an open question: nothing has become of the role's questions since a
    ranking was kept.
    """
    if nobody_left:
        return role in dispatch.row.exhausted_roles
    kept_at = (await tx.row(_LAST_KEPT, incident_id=dispatch.incident_id, role=role.value))["at"]
    offers = [offer for offer in dispatch.offers if offer.role == role]
    changes = [at for offer in offers for at in (offer.made_at, offer.bypassed_at, offer.settled_at) if at is not None]
    return kept_at is not None and kept_at >= max(changes, default=kept_at)


async def _ask(tx: Transaction, dispatch: Dispatch, policy: Policy, decision: Decision, missing: int) -> _Round:
    """Fewer than are missing where somebody was taken meanwhile. Whoever is asked beside another fills no place."""
    done, role = _Round(), decision.inputs.need.role
    for choice in _choices(dispatch, policy, decision):
        if done.waited_for == missing:
            break
        asked = await make_offer(tx, dispatch, policy, role, choice)
        done.beside += asked is Asked.BESIDE
        done.waited_for += asked is Asked.ASKED or (asked is Asked.BESIDE and done.beside > MOST_BESIDE)
    return done


def _choices(dispatch: Dispatch, policy: Policy, decision: Decision) -> tuple[Ranked, ...]:
    choices = decision.ranking.choices
    if asked_beside(policy, dispatch.row.escalation_step) == 0:
        return choices
    asked = [Tier(offer.tier) for offer in dispatch.live_offers(decision.inputs.need.role)]
    return next_tier_first(choices, asked)


async def _decide(tx: Transaction, dispatch: Dispatch, role: DispatchRole, at_least: int) -> Decision:
    """Decided anew over everybody, however far, where those within the first radius were taken meanwhile."""
    need, (barred, people) = await need_of(tx, dispatch, role), await barred_and_candidates(tx, about(dispatch, role))
    return decide(Inputs(need, classify(dispatch.row.incident), at_least, people, barred), dispatch.policy)


async def _staffed(tx: Transaction, dispatch: Dispatch) -> None:
    if dispatch.row.state == DispatchState.STAFFED:
        return
    await end_escalation(tx, dispatch)
    dispatch.row.state, dispatch.row.reconsider_at = DispatchState.STAFFED, None
    dispatch.row.exhausted_roles = []
    dispatch.row.taken_over_at, dispatch.row.taken_over_by = None, None
    if dispatch.row.exhausted_count:
        await settle_exhausted_page(tx, dispatch.incident_id)
    await dispatch.record(tx, DispatchStaffed)


async def _reopened(tx: Transaction, dispatch: Dispatch) -> None:
    await keep_escalation(tx, dispatch)
    if dispatch.row.state == DispatchState.OPEN:
        return
    was = dispatch.row.state
    dispatch.row.state, dispatch.row.reconsider_at = DispatchState.OPEN, None
    dispatch.row.exhausted_roles = []
    if was == DispatchState.EXHAUSTED:
        await settle_exhausted_page(tx, dispatch.incident_id)
    await dispatch.record(tx, DispatchReopened)


async def _exhausted(tx: Transaction, dispatch: Dispatch, roles: list[DispatchRole], newly: list[DispatchRole]) -> None:
    """`newly`: those that somebody was left for before."""
    row, before = dispatch.row, dispatch.row.exhausted_roles
    row.state, row.exhausted_roles = DispatchState.EXHAUSTED, [role.value for role in roles]
    if newly:
        row.reconsider_at = await tx.now() + _LOOK_AGAIN
    for role in newly:
        row.exhausted_count += 1
        await dispatch.record(tx, DispatchExhausted, role=role)
    if row.exhausted_roles != before:
        await page_exhausted(tx, dispatch, roles, further=bool(newly))
