"""What a list of incidents may be asked for. Every filter narrows, all of them together; a page's link keeps them."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.report_body import Instant, SourceRef
from services.intake.queries.incident_pages import Wanted
from services.intake.queries.queues import Queue
from shared.kernel.vocabulary import IncidentKind, IncidentState
from shared.web.pagination import MAX_LIMIT, cursor_value, instant, read_cursor

Area = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


class ListQuery(BaseModel):
    """`…_from` is in, `…_to` is out. `reference`: an incident's id, or a source's `source_ref`, whole."""

    model_config = ConfigDict(extra="forbid")

    state: IncidentState | None = None
    kind: IncidentKind | None = None
    community: Area | None = None
    ward: Area | None = None
    cluster: Area | None = None
    exercise: bool | None = None
    queue: Queue | None = None
    occurred_from: Instant | None = None
    occurred_to: Instant | None = None
    opened_from: Instant | None = None
    opened_to: Instant | None = None
    reference: SourceRef | None = None
    cursor: Annotated[str, Field(max_length=500)] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50

    def wanted(self, *, restricted: bool) -> Wanted:
        filters = self.model_dump(exclude={"cursor", "limit"})
        return Wanted(restricted=restricted, after=_after(self.cursor), **filters)

    def address(self) -> str:
        """Of this list without the cursor, for the next page to continue."""
        given = self.model_dump(mode="json", exclude_none=True, exclude={"cursor"})
        return f"/v1/incidents?{urlencode({name: _written(value) for name, value in given.items()})}"


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _after(cursor: str | None) -> tuple[datetime, UUID] | None:
    keys = read_cursor(cursor, 2)
    if keys is None:
        return None
    return cursor_value(instant, keys[0]), cursor_value(UUID, keys[1])
