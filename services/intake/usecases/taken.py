"""What became of a report, and how it is stored: shared by the two things that can become of it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.intake.domain.recognition import Lookalike
from services.intake.domain.report import Report
from shared.contracts.events.incidents import IncidentSnapshot
from shared.kernel.ids import new_id
from shared.persistence.transaction import Transaction

_STORE = """
INSERT INTO reports (id, incident_id, source, source_kind, source_ref, body, content_sha256, received_at)
VALUES (:id, :incident_id, :source, :source_kind, :source_ref, CAST(:body AS json), :content_sha256, app_now())
"""


class Disposition(StrEnum):
    OPENED = "opened"
    ATTACHED = "attached"
    SCREENED_OUT = "screened_out"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Taken:
    """`others`: the incident was opened by another source, whose facts are none of this one's."""

    report_id: UUID
    disposition: Disposition
    incident: IncidentSnapshot
    others: bool = False
    possible_duplicates: tuple[Lookalike, ...] = ()


async def store_report(tx: Transaction, report: Report, incident_id: UUID) -> UUID:
    """Its id. That it was said before was looked up under the reference's lock; a unique index is the wall."""
    report_id = new_id()
    await tx.run(
        _STORE,
        id=report_id,
        incident_id=incident_id,
        source=report.source,
        source_kind=report.source_kind,
        source_ref=report.source_ref,
        body=report.body,
        content_sha256=report.content_sha256,
    )
    return report_id
