"""One case's newest state with its handoffs. The participant's reference is not kept: no number needs it."""

from services.reporting.tables import CaseFact, HandoffFact
from services.reporting.usecases.keep_newest import keep_newest
from shared.contracts.events.cases import CaseEvent, CaseSnapshot, HandoffPart
from shared.persistence.transaction import Transaction

_FORGET_HANDOFFS = "DELETE FROM handoff_facts WHERE case_id = :case AND version < :version"


async def record_case(tx: Transaction, event: CaseEvent) -> None:
    case = event.case
    if not await keep_newest(tx, [_case(case)]):
        return
    await keep_newest(tx, [_handoff(case, handoff) for handoff in case.handoffs])
    await tx.run(_FORGET_HANDOFFS, case=case.case_id, version=case.version)


def _case(case: CaseSnapshot) -> CaseFact:
    return CaseFact(
        case_id=case.case_id,
        version=case.version,
        state=case.state,
        community=case.community,
        owner_organization=case.owner_organization,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
    )


def _handoff(case: CaseSnapshot, handoff: HandoffPart) -> HandoffFact:
    return HandoffFact(
        handoff_id=handoff.handoff_id,
        version=case.version,
        case_id=case.case_id,
        state=handoff.state,
        reason=handoff.reason,
        to_organization=handoff.to_organization,
        community=case.community,
        requested_at=handoff.requested_at,
        settled_at=handoff.settled_at,
    )
