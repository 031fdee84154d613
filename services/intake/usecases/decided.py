"""A person's decision about an incident, written down: who, what, why, and the version it made."""

from dataclasses import dataclass

from services.intake.domain import incident as states
from services.intake.tables import IncidentRow
from shared.kernel.errors import StateConflict
from shared.kernel.vocabulary import IncidentState
from shared.persistence.transaction import Transaction

_RECORD = """
INSERT INTO decisions (incident_id, version, decision, reason, decided_by, decided_at)
VALUES (:incident_id, :version, :decision, :reason, :decided_by, app_now())
"""


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides, by identity, and the code of why where one is given."""

    subject: str
    reason: str | None = None


def allowed(moved: states.Allowed | states.Refused, text: str) -> IncidentState:
    """The new state. Raises StateConflict with the current one."""
    if isinstance(moved, states.Refused):
        raise StateConflict(text, state=moved.state)
    return moved.state


async def record_decision(tx: Transaction, row: IncidentRow, decision: str, decider: Decider) -> None:
    await tx.run(
        _RECORD,
        incident_id=row.id,
        version=row.version,
        decision=decision,
        reason=decider.reason,
        decided_by=decider.subject,
    )
