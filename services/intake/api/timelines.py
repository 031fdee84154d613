"""`GET /v1/incidents/{incident_id}/timeline`: how it came to be what it is."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel

from services.intake.api.parameters import Office
from services.intake.queries.incidents import NO_SUCH_INCIDENT
from services.intake.queries.timelines import Behind, read_timeline
from services.intake.tables import IncidentRow
from shared.auth.restricted import may_see
from shared.kernel.errors import NotFound
from shared.kernel.vocabulary import SourceKind
from shared.persistence.transaction import Row
from shared.web.database import Db
from shared.web.pagination import Cursor, Limit, Page, cursor_value, instant, link_next, read_cursor, write_cursor
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["incidents"])

What = Literal[
    "report",
    "open",
    "verify",
    "activate",
    "reclassify",
    "relocate",
    "update_scene",
    "mark_rumour",
    "change_visibility",
    "screen_out",
    "merge",
    "split",
    "reopen",
    "close",
    "withdraw",
    "uphold",
    "doubt",
    "tell_apart",
]


class TimelineEntry(BaseModel):
    """`incident_id`: itself, or one that was merged into it. A report, also one taken back or upheld: its id, what kind
    of source and which one; its words are shown to nobody. A decision: who, in what office, why, what it changed;
    `policy` is nobody. Of a merge and a split also the `other`, and the `reports` that went from the one to the other.
    `doubt`: it may be the same as the `other`; `tell_apart`: a person says that it is not.
    """

    at: AwareDatetime
    what: What
    incident_id: UUID
    report_id: UUID | None = None
    source_kind: SourceKind | None = None
    source_id: UUID | None = None
    decided_by: str | None = None
    decided_as: Literal["dispatcher", "supervisor", "program_office", "policy"] | None = None
    reason: str | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


@router.get("/v1/incidents/{incident_id}/timeline")
async def show_timeline(
    incident_id: UUID, response: Response, principal: Office, db: Db, limit: Limit = 100, cursor: Cursor = None
) -> Page[TimelineEntry]:
    """Every report, decision, correction and step of policy, the earliest first."""
    restricted = may_see(principal, restricted=True)
    async with db.transaction() as tx:
        if await tx.get(IncidentRow, incident_id) is None:
            raise NotFound(NO_SUCH_INCIDENT)
        rows = await read_timeline(tx, incident_id, restricted=restricted, behind=_behind(cursor), limit=limit + 1)
    shown, following = rows[:limit], None
    if len(rows) > limit:
        last = shown[-1]
        following = write_cursor(last["at"], last["rank"], last["incident_id"], last["key"])
    link_next(response, f"/v1/incidents/{incident_id}/timeline?limit={limit}", following)
    return Page(items=[_entry(row) for row in shown], next=following)


def _entry(row: Row) -> TimelineEntry:
    return TimelineEntry.model_validate({name: row[name] for name in TimelineEntry.model_fields})


def _behind(cursor: str | None) -> Behind | None:
    keys = read_cursor(cursor, 4)
    if keys is None:
        return None
    return Behind(
        cursor_value(instant, keys[0]),
        cursor_value(_rank, keys[1]),
        cursor_value(UUID, keys[2]),
        keys[3],
    )


def _rank(text: str) -> int:
    if text not in {"0", "1", "2", "3", "4"}:
        raise ValueError("no rank of this list")
    return int(text)
