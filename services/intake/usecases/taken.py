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
# Few reports come in a message with a name of its own: all others are spared the column.
_STORE_MESSAGE = """
INSERT INTO reports
    (id, incident_id, source, source_kind, source_ref, body, content_sha256, message_id, received_at)
SELECT id, incident_id, source, source_kind, source_ref, CAST(body AS json), content_sha256, message_id, app_now()
FROM unnest(CAST(:id AS uuid[]), CAST(:incident_id AS uuid[]), CAST(:source AS text[]), CAST(:kind AS text[]),
            CAST(:reference AS text[]), CAST(:body AS text[]), CAST(:digest AS bytea[]), CAST(:message_id AS text[]))
    WITH ORDINALITY AS told (id, incident_id, source, source_kind, source_ref, body, content_sha256, message_id, place)
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
    statement, row = _row(report_id, report, incident_id)
    tx.put(statement, **row)
    return report_id


async def store_report(tx: Transaction, report: Report, incident_id: UUID) -> UUID:
    """As `put_report`, but at once: for whoever reads it in this transaction."""
    report_id = new_id()
    statement, row = _row(report_id, report, incident_id)
    await tx.run(statement, **{name: [value] for name, value in row.items()})
    return report_id


def _row(report_id: UUID, report: Report, incident_id: UUID) -> tuple[str, dict[str, Any]]:
    row = {
        "id": report_id,
        "incident_id": incident_id,
        "source": report.source,
        "kind": report.source_kind,
        "reference": report.source_ref,
        "body": report.body,
        "digest": report.content_sha256,
    }
    return (_STORE, row) if report.message_id is None else (_STORE_MESSAGE, row | {"message_id": report.message_id})
