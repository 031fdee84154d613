"""What somebody does in a race: one use case each, in a transaction of its own."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.alerts.domain.override import Desk, Override
from services.alerts.usecases.dispatching.answer_offer import accept_offer, acknowledge_offer, decline_offer
from services.alerts.usecases.dispatching.escalate_unanswered_offers import escalate_unanswered_offers
from services.alerts.usecases.dispatching.follow_incident import follow_incident
from services.alerts.usecases.dispatching.reconsider_exhausted import hear_requests, reconsider_exhausted_dispatch
from services.alerts.usecases.responding.give_back_role import give_back_role
from services.alerts.usecases.responding.move_assignment import move_assignment
from services.alerts.usecases.responding.reassign_role import reassign_role
from shared.contracts.events.incidents import (
    IncidentActivated,
    IncidentClosed,
    IncidentEvent,
    IncidentScreenedOut,
    IncidentSnapshot,
)
from shared.kernel.vocabulary import (
    AssignmentState,
    Decider,
    DeclineReason,
    DispatchRole,
    IncidentState,
    LeftOut,
    OverrideReason,
)
from shared.persistence.transaction import Transaction

DESK = Desk("desk-1", Decider.DISPATCHER)


@dataclass(frozen=True)
class Move:
    """`subject`: an offer, an assignment or an incident. `after_ms`: how much later than the others it begins."""

    what: str
    subject: UUID | None = None
    after_ms: float = 0.0
    person: UUID | None = None
    instead_of: UUID | None = None
    event: IncidentActivated | None = None
    incident: Mapping[str, Any] | None = None


async def act(tx: Transaction, move: Move) -> None:
    """Raises Refused."""
    await _ACTS[move.what](tx, move)


async def _accept(tx: Transaction, move: Move) -> None:
    assert move.subject
    await accept_offer(tx, move.subject)


async def _acknowledge(tx: Transaction, move: Move) -> None:
    assert move.subject
    await acknowledge_offer(tx, move.subject)


async def _decline(tx: Transaction, move: Move) -> None:
    assert move.subject
    await decline_offer(tx, move.subject, DeclineReason.OTHER)


async def _expire(tx: Transaction, _: Move) -> None:
    await escalate_unanswered_offers(tx)


async def _reconsider(tx: Transaction, _: Move) -> None:
    await hear_requests(tx)
    await reconsider_exhausted_dispatch(tx)


async def _clear(tx: Transaction, move: Move) -> None:
    assert move.subject
    await move_assignment(tx, move.subject, AssignmentState.CLEARED)


async def _give_back(tx: Transaction, move: Move) -> None:
    assert move.subject
    await give_back_role(tx, move.subject)


async def _on_scene(tx: Transaction, move: Move) -> None:
    assert move.subject
    await move_assignment(tx, move.subject, AssignmentState.ON_SCENE)


async def _reassign(tx: Transaction, move: Move) -> None:
    assert move.subject
    assert move.person
    wish = Override(DispatchRole.SCENE, move.person, move.instead_of, OverrideReason.OTHER, frozenset(LeftOut))
    await reassign_role(tx, move.subject, wish, DESK)


async def _follow(tx: Transaction, move: Move) -> None:
    assert move.event
    await follow_incident(tx, move.event)


async def _close(tx: Transaction, move: Move) -> None:
    await follow_incident(tx, await _ended(tx, move, IncidentState.CLOSED))


async def _screen_out(tx: Transaction, move: Move) -> None:
    await follow_incident(tx, await _ended(tx, move, IncidentState.SCREENED_OUT))


async def _ended(tx: Transaction, move: Move, state: IncidentState) -> IncidentEvent:
    assert move.incident
    before = IncidentSnapshot.model_validate_json(json.dumps(move.incident))
    after = before.model_copy(update={"state": state, "version": before.version + 1})
    if state is IncidentState.CLOSED:
        return IncidentClosed(at=await tx.now(), incident=after)
    return IncidentScreenedOut(at=await tx.now(), incident=after, was_state=before.state)


_ACTS: dict[str, Callable[[Transaction, Move], Awaitable[None]]] = {
    "accept": _accept,
    "acknowledge": _acknowledge,
    "decline": _decline,
    "expire": _expire,
    "reconsider": _reconsider,
    "clear": _clear,
    "on_scene": _on_scene,
    "give_back": _give_back,
    "reassign": _reassign,
    "follow": _follow,
    "close": _close,
    "screen_out": _screen_out,
}
