"""What became of a report, and how it is stored: shared by the two things that can become of it."""

from collections.abc import Sequence
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
SELECT id, incident_id, source, source_kind, source_ref, CAST(body AS json), content_sha256, app_now()
FROM unnest(CAST(:ids AS uuid[]), CAST(:incident_ids AS uuid[]), CAST(:sources AS text[]), CAST(:kinds AS text[]),
            CAST(:references AS text[]), CAST(:bodies AS text[]), CAST(:digests AS bytea[]))
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
    """`others`: the incident was opened by another source, whose facts are none of this one's."""

    report_id: UUID
    disposition: Disposition
    incident: IncidentSnapshot
    others: bool = False
    possible_duplicates: tuple[Lookalike, ...] = ()


async def store_report(tx: Transaction, report: Report, incident_id: UUID) -> UUID:
    """Its id."""
    (report_id,) = await store_reports(tx, [(report, incident_id)])
    return report_id


async def store_reports(tx: Transaction, told: Sequence[tuple[Report, UUID]]) -> list[UUID]:
    """Their ids. That one was said before was looked up under its reference's lock; a unique index is the wall."""
    report_ids, reports = [new_id() for _ in told], [report for report, _ in told]
    await tx.run(
        _STORE,
        ids=report_ids,
        incident_ids=[incident_id for _, incident_id in told],
        sources=[report.source for report in reports],
        kinds=[report.source_kind for report in reports],
        references=[report.source_ref for report in reports],
        bodies=[report.body for report in reports],
        digests=[report.content_sha256 for report in reports],
    )
    return report_ids
