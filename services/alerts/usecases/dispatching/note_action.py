"""Write down what was done to a dispatch beside asking people, by a person or by the clock, for its explanation."""

from datetime import datetime
from uuid import UUID

from services.alerts.domain.override import Desk
from shared.persistence.transaction import Transaction

_NOTE = """
INSERT INTO desk_actions (incident_id, at, action, reason, decided_by, decided_as, offer_id, until)
VALUES (:incident_id, app_now(), :action, :reason, :decided_by, :decided_as, :offer_id, :until)
"""


async def note_action(
    tx: Transaction,
    incident_id: UUID,
    action: str,
    *,
    reason: str | None = None,
    desk: Desk | None = None,
    about: tuple[UUID | None, datetime | None] = (None, None),
) -> None:
    """`about`: the offer that it is about, and until when. Without a desk the clock has done it."""
    await tx.run(
        _NOTE,
        incident_id=incident_id,
        action=action,
        reason=reason,
        decided_by=desk and desk.subject,
        decided_as=desk and desk.office.value,
        offer_id=about[0],
        until=about[1],
    )
