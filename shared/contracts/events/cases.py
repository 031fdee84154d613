"""Events of `casework.cases`: custody of a case. The participant is an opaque reference and nothing else."""

from typing import Annotated

from shared.contracts.event import Event, Part, Snapshot
from shared.contracts.fields import P1, AreaId, Instant, OpaqueId
from shared.contracts.topics import CASES
from shared.kernel.vocabulary import CaseState, HandoffReason, HandoffRejection, HandoffState


class HandoffPart(Part):
    """A request that responsibility moves. Until accepted the case's owner is unchanged."""

    handoff_id: OpaqueId
    from_worker: OpaqueId
    to_worker: OpaqueId
    to_organization: OpaqueId
    state: Annotated[HandoffState, P1]
    reason: Annotated[HandoffReason, P1]
    requested_at: Instant
    settled_at: Instant | None = None
    rejection: Annotated[HandoffRejection, P1] | None = None


class CaseSnapshot(Snapshot):
    case_id: OpaqueId
    participant_ref: OpaqueId
    state: Annotated[CaseState, P1]
    community: AreaId | None = None
    owner_organization: OpaqueId
    owner_worker: OpaqueId | None = None
    opened_at: Instant
    closed_at: Instant | None = None
    handoffs: tuple[HandoffPart, ...] = ()


class CaseEvent(Event):
    TOPIC = CASES

    case: CaseSnapshot

    @property
    def root(self) -> str:
        return str(self.case.case_id)

    @property
    def root_version(self) -> int:
        return self.case.version


class CaseOpened(CaseEvent):
    TYPE = "truce.casework.case.opened.v1"


class CaseAssigned(CaseEvent):
    TYPE = "truce.casework.case.assigned.v1"
    was_owner: OpaqueId | None = None


class HandoffEvent(CaseEvent):
    handoff_id: OpaqueId


class HandoffRequested(HandoffEvent):
    TYPE = "truce.casework.handoff.requested.v1"


class HandoffAccepted(HandoffEvent):
    TYPE = "truce.casework.handoff.accepted.v1"


class HandoffRejected(HandoffEvent):
    TYPE = "truce.casework.handoff.rejected.v1"


class HandoffRevoked(HandoffEvent):
    TYPE = "truce.casework.handoff.revoked.v1"


EVENTS: tuple[type[CaseEvent], ...] = (
    CaseOpened,
    CaseAssigned,
    HandoffRequested,
    HandoffAccepted,
    HandoffRejected,
    HandoffRevoked,
)
