"""Lists of incidents, newest first. Their sort key never changes, so that pages stay exact under every filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, TextClause, or_, text
from sqlmodel import col, select, tuple_

from services.intake.queries.queues import CONDITIONS, Queue
from services.intake.tables import IncidentRow
from shared.kernel.vocabulary import IncidentKind, IncidentState
from shared.persistence.transaction import Transaction

# Where it was merged, also the one that goes on.
_REPORTED_UNDER = """
id IN (SELECT unnest(ARRAY[incident_id, surviving_incident(incident_id)]) FROM reports WHERE source_ref = :reference)
"""
_ITSELF = "id IN (:own, surviving_incident(:own))"

Condition = ColumnElement[bool] | TextClause


@dataclass(frozen=True, slots=True)
class Wanted:
    """None wants all. Times: from the first instant, to before the second. `restricted`: also those.

    `after` is the sort key (opened_at, id) of the last one seen; None starts with the newest.
    """

    restricted: bool
    state: IncidentState | None = None
    kind: IncidentKind | None = None
    community: str | None = None
    ward: str | None = None
    cluster: str | None = None
    exercise: bool | None = None
    queue: Queue | None = None
    occurred_from: datetime | None = None
    occurred_to: datetime | None = None
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    reference: str | None = None
    after: tuple[datetime, UUID] | None = None

    def conditions(self) -> list[Condition]:
        row = IncidentRow
        same = {
            col(row.state): self.state,
            col(row.kind): self.kind,
            col(row.community): self.community,
            col(row.ward): self.ward,
            col(row.cluster): self.cluster,
            col(row.exercise): self.exercise,
        }
        found: list[Condition] = [column == value for column, value in same.items() if value is not None]
        since = {col(row.occurred_at): self.occurred_from, col(row.opened_at): self.opened_from}
        before = {col(row.occurred_at): self.occurred_to, col(row.opened_at): self.opened_to}
        found += [column >= value for column, value in since.items() if value is not None]
        found += [column < value for column, value in before.items() if value is not None]
        if not self.restricted:
            found.append(col(row.restricted).is_(False))
        if self.queue is not None:
            found.append(text(CONDITIONS[self.queue]))
        if self.reference is not None:
            found.append(_is_called(self.reference))
        if self.after is not None:
            found.append(tuple_(col(row.opened_at), col(row.id)) < self.after)
        return found


def _is_called(reference: str) -> Condition:
    """Its own id or that of one merged into it, or what any of its reports was called by its source. Whole: the
    beginning of an id is a time, which all incidents of a minute share.
    """
    reported_under = text(_REPORTED_UNDER).bindparams(reference=reference)
    try:
        own = UUID(reference)
    except ValueError:
        return reported_under
    return or_(reported_under, text(_ITSELF).bindparams(own=own))


async def read_page(tx: Transaction, wanted: Wanted, limit: int) -> Sequence[IncidentRow]:
    newest = (col(IncidentRow.opened_at).desc(), col(IncidentRow.id).desc())
    return await tx.all(select(IncidentRow).where(*wanted.conditions()).order_by(*newest).limit(limit))
