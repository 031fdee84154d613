"""What became of a report, and how it is stored: shared by the two things that can become of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.intake.domain.recognition import Lookalike
from services.intake.domain.report import Report
from shared.contracts.events.incidents import IncidentSnapshot
from shared.kernel.ids import new_id
from shared.persistence.transaction import Transaction

_STORE = """
INSERT INTO reports (id, incident_id, source, source_kind, source_ref, body, content_sha256, received_at)
SELECT id, incident_id, source, source_kind, source_ref, CAST(body AS json), content_sha256, app_now()
FROM unnest(CAST(:id AS uuid[]), CAST(:incident_id AS uuid[]), CAST(:source AS text[]), CAST(:kind AS text[]),
            CAST(:reference AS text[]), CAST(:body AS text[]), CAST(:digest AS bytea[]))
    WITH ORDINALITY AS told (id, incident_id, source, source_kind, source_ref, body, content_sha256, place)
ORDER BY place
"""


class Disposition(StrEnum):
    OPENED = "opened"
    ATTACHED = "attached"
    SCREENED_OUT = "screened_out"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Taken:
    report_id: UUID
    disposition: Disposition
    incident: IncidentSnapshot
    possible_duplicates: tuple[Lookalike, ...] = ()


def put_report(tx: Transaction, report: Report, incident_id: UUID) -> UUID:
    """Its id. That one was said before was looked up under its reference's lock; a unique index is the wall."""
    report_id = new_id()
    tx.put(_STORE, **_row(report_id, report, incident_id))
    return report_id


async def store_report(tx: Transaction, report: Report, incident_id: UUID) -> UUID:
    """As `put_report`, but at once: for whoever reads it in this transaction."""
    report_id = new_id()
    await tx.run(_STORE, **{name: [value] for name, value in _row(report_id, report, incident_id).items()})
    return report_id


def _row(report_id: UUID, report: Report, incident_id: UUID) -> dict[str, Any]:
    return {
        "id": report_id,
        "incident_id": incident_id,
        "source": report.source,
        "kind": report.source_kind,
        "reference": report.source_ref,
        "body": report.body,
        "digest": report.content_sha256,
    }
