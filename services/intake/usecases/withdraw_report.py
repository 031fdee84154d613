"""A source takes back what it reported. The incident stays as it is: a person is asked what becomes of it,
of one that was screened out as soon as somebody brings it back.

Nothing a source says ends a response. Saying it again changes nothing while the first word waits for an answer.
"""

from dataclasses import dataclass
from uuid import UUID

from services.intake.queries.incidents import lock_incident
from services.intake.tables import IncidentRow
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.ids import new_id
from shared.persistence.transaction import Transaction

_REPORTED = """
SELECT id, surviving_incident(incident_id) AS incident_id FROM reports
WHERE source = :source AND source_ref = :source_ref ORDER BY position DESC LIMIT 1
"""
_WITHDRAW = """
INSERT INTO withdrawals (id, report_id, withdrawn_at) VALUES (:id, :report_id, app_now())
ON CONFLICT (report_id) WHERE settled_at IS NULL DO NOTHING
"""
_SETTLE = """
UPDATE withdrawals SET settled_at = app_now(), settled_by = :by
WHERE id IN (SELECT id FROM standing_withdrawals WHERE incident_id = :incident_id)
"""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The report that was taken back, and the incident that it supports: where it was merged, the other one."""

    report_id: UUID
    incident: IncidentRow


async def withdraw_report(tx: Transaction, source: str, source_ref: str) -> Withdrawn:
    """Raises Invalid where this source reported nothing under the reference."""
    said = await tx.row_or_none(_REPORTED, source=source, source_ref=source_ref)
    if said is None:
        raise Invalid(FieldError("/source_ref", "names no report of this source"))
    row = await lock_incident(tx, said["incident_id"])
    await tx.run(_WITHDRAW, id=new_id(), report_id=said["id"])
    return Withdrawn(said["id"], row)


async def uphold_incident(tx: Transaction, incident_id: UUID, by: str) -> None:
    """A person has decided that it goes on, whatever was taken back of it until now."""
    await lock_incident(tx, incident_id)
    await tx.run(_SETTLE, incident_id=incident_id, by=by)
