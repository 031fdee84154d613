"""`/v1/sources`: who reports, and what the office lets them. Seen by the desk, changed by the office alone."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.parameters import OFFICE
from services.intake.domain.sources import Trust
from services.intake.queries.sources import WantedSources, list_sources, lock_source, read_source
from services.intake.usecases.change_source import change_source, readmit_source, revoke_source
from services.intake.usecases.register_source import Terms, register_source
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.vocabulary import SourceKind
from shared.persistence.transaction import Row, Transaction
from shared.web.database import Db
from shared.web.idempotency import Idempotent
from shared.web.pagination import MAX_LIMIT, Page, link_next, read_cursor, write_cursor
from shared.web.preconditions import IfMatch, etag
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/sources", route_class=StrictRoute, tags=["sources"])

Registrar = Annotated[Principal, allow(Role.PROGRAM_OFFICE, Role.ADMIN)]
Reader = Annotated[Principal, allow(*OFFICE, Role.ADMIN)]
Identity = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,200}$")]


class TermsBody(BaseModel):
    """`reports_per_minute`: null is no limit. `quiet_after_s`: null is learned from a feed's own rhythm."""

    model_config = ConfigDict(extra="forbid")

    kind: SourceKind
    trust: Trust = Trust.BY_KIND
    reports_per_minute: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None
    quiet_after_s: Annotated[int, Field(strict=True, ge=60, le=366 * 86_400)] | None = None

    def terms(self) -> Terms:
        return Terms(self.kind, self.trust, self.reports_per_minute, self.quiet_after_s)


class SourceBody(TermsBody):
    """`source`: the `sub` of its tokens."""

    source: Identity


class SourceShown(BaseModel):
    """`learned_quiet_after_s` counts where `quiet_after_s` is null. `changed_by`: null registered by itself.

    `refused_at`, `refused_for`: when and why a report of it was last refused because of who it is.
    """

    id: UUID
    source: str
    version: int
    kind: SourceKind
    trust: Trust
    reports_per_minute: int | None
    quiet_after_s: int | None
    learned_quiet_after_s: int | None
    registered_at: datetime
    changed_by: str | None
    changed_at: datetime
    revoked_at: datetime | None
    refused_at: datetime | None
    refused_for: str | None
    first_heard_at: datetime | None
    last_heard_at: datetime | None
    quiet_since: datetime | None


class ListQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: SourceKind | None = None
    quiet: bool | None = None
    revoked: bool | None = None
    cursor: Annotated[str, Field(max_length=500)] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50

    def address(self) -> str:
        given = self.model_dump(mode="json", exclude={"cursor"}, exclude_none=True)
        return f"/v1/sources?{urlencode({name: str(value).lower() for name, value in given.items()})}"


@router.get("")
async def list_(response: Response, _: Reader, db: Db, query: Annotated[ListQuery, Query()]) -> Page[SourceShown]:
    """By identity. `quiet=true`: those that have been silent for longer than usual."""
    keys = read_cursor(query.cursor, 1)
    wanted = WantedSources(query.kind, query.quiet, query.revoked, keys[0] if keys else None)
    async with db.transaction() as tx:
        rows = await list_sources(tx, wanted, query.limit + 1)
    items = [_shown(row) for row in rows[: query.limit]]
    following = write_cursor(items[-1].source) if len(rows) > query.limit else None
    link_next(response, query.address(), following)
    return Page(items=items, next=following)


@router.post("", status_code=201, response_model=SourceShown)
async def register(principal: Registrar, body: SourceBody, once: Idempotent) -> JSONResponse:
    """One that reports already has registered by itself, and is changed."""

    async def produce(tx: Transaction) -> tuple[int, SourceShown]:
        source_id = await register_source(tx, body.source, body.terms(), principal.subject)
        return 201, _shown(await read_source(tx, source_id))

    return await once.run(principal, produce)


@router.get("/{source_id}")
async def show(source_id: UUID, _: Reader, db: Db, response: Response) -> SourceShown:
    async with db.transaction() as tx:
        return _tagged(response, await read_source(tx, source_id))


@router.put("/{source_id}")
async def change(
    source_id: UUID, principal: Registrar, body: TermsBody, match: IfMatch, db: Db, response: Response
) -> SourceShown:
    """In force within a second. From then on its kind is this one, whatever its token says."""
    async with db.transaction() as tx:
        match.check((await lock_source(tx, source_id))["version"])
        await change_source(tx, source_id, body.terms(), principal.subject)
        return _tagged(response, await read_source(tx, source_id))


@router.post("/{source_id}/revoke")
async def revoke(source_id: UUID, principal: Registrar, db: Db, response: Response) -> SourceShown:
    """Within a second nothing more is taken of it. What it said stays."""
    async with db.transaction() as tx:
        await revoke_source(tx, source_id, principal.subject)
        return _tagged(response, await read_source(tx, source_id))


@router.post("/{source_id}/readmit")
async def readmit(source_id: UUID, principal: Registrar, db: Db, response: Response) -> SourceShown:
    """It may report again."""
    async with db.transaction() as tx:
        await readmit_source(tx, source_id, principal.subject)
        return _tagged(response, await read_source(tx, source_id))


def _shown(row: Row) -> SourceShown:
    fields: dict[str, Any] = dict(row)
    return SourceShown.model_validate(fields)


def _tagged(response: Response, row: Row) -> SourceShown:
    response.headers["ETag"] = etag(row["version"])
    return _shown(row)
