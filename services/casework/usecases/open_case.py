"""Opens a case on a participant for an organization. It has no owner until somebody is assigned."""

from dataclasses import dataclass
from uuid import UUID

from services.casework.case_record import snapshot
from services.casework.domain.visibility import Caller, may_open_case_for
from services.casework.queries.participants import visible_participant
from services.casework.queries.workforce import is_known_organization
from services.casework.tables import CaseRow
from shared.contracts.events.cases import CaseOpened
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import CaseState
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


@dataclass(frozen=True, slots=True)
class NewCase:
    participant_id: UUID
    organization_id: UUID
    community: str | None


async def open_case(tx: Transaction, caller: Caller, new: NewCase) -> UUID:
    """Raises Invalid. A foreign participant or organization is refused in the same words as an unknown one."""
    if not (may_open_case_for(caller, new.organization_id) and await is_known_organization(tx, new.organization_id)):
        raise Invalid(FieldError("/organization_id", "is not an organization that this caller opens cases for"))
    if await visible_participant(tx, caller, new.participant_id) is None:
        raise Invalid(FieldError("/participant_id", "is not a participant known to this caller"))
    now = await tx.now()
    row = CaseRow(
        case_id=new_id(),
        version=1,
        participant_id=new.participant_id,
        state=CaseState.IDENTIFIED,
        community=new.community,
        owner_organization=new.organization_id,
        opened_at=now,
    )
    await tx.add(row)
    await publish(tx, CaseOpened(at=now, case=await snapshot(tx, row)))
    return row.case_id
