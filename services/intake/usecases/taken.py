"""What became of a report, and how it is stored: shared by the two things that can become of it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.intake.domain.report import Report
from shared.contracts.events.incidents import IncidentSnapshot
from shared.kernel.ids import new_id
from shared.persistence.transaction import Transaction

_STORE = """
INSERT INTO reports (id, incident_id, source, source_kind, source_ref, body, content_sha256, received_at)
VALUES (:id, :incident_id, :source, :source_kind, :source_ref, CAST(:body AS json), :content_sha256, app_now())
ON CONFLICT (source, source_ref, content_sha256) WHERE source_ref IS NOT NULL DO NOTHING
"""


class Disposition(StrEnum):
    OPENED = "opened"
    ATTACHED = "attached"
    SCREENED_OUT = "screened_out"


@dataclass(frozen=True, slots=True)
class Taken:
    report_id: UUID
    disposition: Disposition
    incident: IncidentSnapshot


async def store_report(tx: Transaction, report: Report, incident_id: UUID) -> UUID | None:
    """Its id, or None if this source said exactly this under this reference before."""
    report_id = new_id()
    stored = await tx.run(
        _STORE,
        id=report_id,
        incident_id=incident_id,
        source=report.source,
        source_kind=report.source_kind,
        source_ref=report.source_ref,
        body=report.body,
        content_sha256=report.content_sha256,
    )
    return report_id if stored == 1 else None
