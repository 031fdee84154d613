"""Who is responsible for a case, and how that moves: pure decisions about assignment and handoff.

The owner is unchanged until the receiver accepts. A refusal names its ground; `None` means that nothing stands against.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.casework.domain.visibility import Caller
from shared.kernel.vocabulary import CaseState, HandoffState

# Every event of a case carries all its handoffs, and an event may not grow without end.
MOST_HANDOFFS = 400


class Ground(StrEnum):
    NOT_ENTITLED = "not_entitled"
    CASE_CLOSED = "case_closed"
    NO_OWNER = "no_owner"
    HANDOFF_OPEN = "handoff_open"
    TOO_MANY_HANDOFFS = "too_many_handoffs"
    ALREADY_SETTLED = "already_settled"
    UNKNOWN_WORKER = "unknown_worker"
    OTHER_ORGANIZATION = "other_organization"
    IS_OWNER = "is_owner"
    RECEIVER_LEFT = "receiver_left"


class Answer(StrEnum):
    ACCEPT = "accept"
    REJECT = "reject"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True)
class Custody:
    state: CaseState
    owner_organization: UUID
    owner_worker: UUID | None
    handoffs: tuple[HandoffState, ...] = ()

    @property
    def handoff_is_open(self) -> bool:
        return HandoffState.REQUESTED in self.handoffs


@dataclass(frozen=True, slots=True)
class Worker:
    """As far as the workforce's own service has told."""

    worker_id: UUID
    organization_id: UUID
    active: bool


@dataclass(frozen=True, slots=True)
class Handoff:
    """`requested_by` is the subject of whoever asked: the owner or a supervisor of the owner's organization."""

    state: HandoffState
    from_organization: UUID
    to_worker: UUID
    to_organization: UUID
    requested_by: str


def against_assigning(case: Custody, caller: Caller, worker: Worker | None) -> Ground | None:
    """A supervisor of the owning organization gives the case to one of its own. An open handoff is settled first."""
    if not _supervises(caller, case.owner_organization):
        return Ground.NOT_ENTITLED
    if case.state is CaseState.CLOSED:
        return Ground.CASE_CLOSED
    if case.handoff_is_open:
        return Ground.HANDOFF_OPEN
    if worker is None or not worker.active:
        return Ground.UNKNOWN_WORKER
    return None if worker.organization_id == case.owner_organization else Ground.OTHER_ORGANIZATION


def against_requesting(case: Custody, caller: Caller, receiver: Worker | None) -> Ground | None:
    """The owner, or a supervisor of the owner's organization, asks one other active worker."""
    owns = case.owner_worker is not None and caller.worker == case.owner_worker
    if not (owns or _supervises(caller, case.owner_organization)):
        return Ground.NOT_ENTITLED
    return _case_in_the_way(case) or _receiver_in_the_way(case, receiver)


def _case_in_the_way(case: Custody) -> Ground | None:
    if case.state is CaseState.CLOSED:
        return Ground.CASE_CLOSED
    if case.owner_worker is None:
        return Ground.NO_OWNER
    return Ground.TOO_MANY_HANDOFFS if len(case.handoffs) >= MOST_HANDOFFS else None


def _receiver_in_the_way(case: Custody, receiver: Worker | None) -> Ground | None:
    if receiver is None or not receiver.active:
        return Ground.UNKNOWN_WORKER
    return Ground.IS_OWNER if receiver.worker_id == case.owner_worker else None


def against_settling(handoff: Handoff, answer: Answer, caller: Caller, receiver: Worker | None) -> Ground | None:
    """Only the receiver accepts: nobody takes responsibility for somebody else. A settled handoff stays settled."""
    if not _entitled(handoff, answer, caller):
        return Ground.NOT_ENTITLED
    if handoff.state is not HandoffState.REQUESTED:
        return Ground.ALREADY_SETTLED
    if answer is Answer.ACCEPT and not _still_there(handoff, receiver):
        return Ground.RECEIVER_LEFT
    return None


def _entitled(handoff: Handoff, answer: Answer, caller: Caller) -> bool:
    is_receiver = caller.worker == handoff.to_worker
    match answer:
        case Answer.ACCEPT:
            return is_receiver
        case Answer.REJECT:
            return is_receiver or _supervises(caller, handoff.to_organization)
        case Answer.REVOKE:
            return caller.subject == handoff.requested_by or _supervises(caller, handoff.from_organization)


def _still_there(handoff: Handoff, receiver: Worker | None) -> bool:
    """Who accepts has not left, nor gone to another organization than the one that was asked."""
    return receiver is not None and receiver.active and receiver.organization_id == handoff.to_organization


def _supervises(caller: Caller, organization: UUID) -> bool:
    return caller.is_supervisor and caller.organization == organization
