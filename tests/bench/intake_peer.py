"""The same route written the usual way: FastAPI, a SQLModel session per request, one object after the other.

It takes the same body, checks the same token and key, finds the areas, decides by the same policy, keeps the same
rows in the same tables, in one transaction, and gives the same answer.
"""

import hashlib
import json
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import aiohttp
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import JSON, Column, LargeBinary, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.intake.api.report_answer import ReportAnswer
from services.intake.api.report_body import ReportSaid
from services.intake.current_programme import CurrentProgramme
from services.intake.domain.report import Report
from services.intake.domain.sources import Speaker, Trust
from services.intake.queries.snapshots import snapshot
from services.intake.tables import IncidentRow
from services.intake.usecases.apply_policy import judge
from services.intake.usecases.open_incident import reported
from services.intake.usecases.taken import Disposition
from shared.contracts.events.incidents import IncidentEvent, IncidentOpened
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import SourceKind
from shared.messaging.envelope import headers_of
from shared.persistence.database import Database, create_engine
from shared.persistence.tables import instant

ROUTE = "POST /v1/reports"


class ReportRow(SQLModel, table=True):
    __tablename__ = "reports"
    id: UUID = Field(primary_key=True)
    incident_id: UUID
    source: str
    source_kind: str
    source_ref: str | None
    body: Any = Field(sa_column=Column(JSON))
    content_sha256: bytes = Field(sa_column=Column(LargeBinary))
    received_at: datetime = instant()


class OutboxRow(SQLModel, table=True):
    __tablename__ = "outbox"
    id: int | None = Field(default=None, primary_key=True)
    event_id: UUID
    topic: str
    key: str
    headers: Any = Field(sa_column=Column(JSONB))
    value: bytes = Field(sa_column=Column(LargeBinary))


class KeyRow(SQLModel, table=True):
    __tablename__ = "idempotency_keys"
    principal: str = Field(primary_key=True)
    route: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    body_sha256: bytes = Field(sa_column=Column(LargeBinary))
    status: int
    response: Any = Field(sa_column=Column(JSONB))


class Peer:
    def __init__(self, dsn: str, issuer: str) -> None:
        self._engine = create_engine(dsn, pool_size=10, wait_s=30.0)  # as SQLAlchemy has it
        self._programmes = CurrentProgramme(Database(dsn, pool_size=1))
        self._issuer = issuer
        self._keys: KeySet | None = None

    async def session(self) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(self._engine, expire_on_commit=False) as opened:
            yield opened

    async def subject(self, credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> str:
        keys = self._keys = self._keys or await self._fetch_keys()
        claims = jwt.decode(credentials.credentials, keys, algorithms=["ES256", "RS256"]).claims
        if "source" not in claims["roles"]:
            raise HTTPException(403)
        return str(claims["sub"])

    async def _fetch_keys(self) -> KeySet:
        async with aiohttp.ClientSession(self._issuer) as http:
            async with http.get("/.well-known/openid-configuration") as told:
                where = (await told.json())["jwks_uri"]
            async with http.get(where) as offered:
                return KeySet.import_key_set(await offered.json())

    async def answered_before(self, db: AsyncSession, source: str, key: str, digest: bytes) -> ReportAnswer | None:
        known = await db.get(KeyRow, (source, ROUTE, key))
        if known is None:
            return None
        if known.body_sha256 != digest:
            raise HTTPException(422)
        return ReportAnswer.model_validate(known.response)

    async def take(self, db: AsyncSession, report: Report) -> ReportAnswer:
        in_force = await self._programmes.get()
        of_reference = (IncidentRow.source == report.source, IncidentRow.source_ref == report.source_ref)
        if (await db.exec(select(IncidentRow).where(*of_reference))).first() is not None:
            raise HTTPException(409)
        now = (await db.exec(select(func.app_now()))).one()
        row = IncidentRow(**vars(reported(report, in_force, now)))
        opened = snapshot(row)
        trusted = in_force.trusts(report.source_kind, report.trust)
        decided = judge(row, trusted, in_force, now)
        db.add(row)
        await db.flush()
        kept = ReportRow(
            id=new_id(), incident_id=row.id, source=report.source, source_kind=report.source_kind,
            source_ref=report.source_ref, body=json.loads(report.body), content_sha256=report.content_sha256,
            received_at=now,
        )  # fmt: skip
        db.add(kept)
        await db.flush()
        first = IncidentOpened(at=now, incident=opened, report_id=kept.id, source=report.source_kind)
        for event in (first, *([decided] if decided else [])):
            db.add(_outbox_row(event))
            await db.flush()
        return ReportAnswer(
            report_id=kept.id, incident_id=row.id, disposition=Disposition.OPENED, incident=snapshot(row)
        )


def _outbox_row(event: IncidentEvent) -> OutboxRow:
    event_id = new_id()
    headers = headers_of(event, event_id=event_id, traceparent=None)
    value = event.model_dump_json(exclude_none=True).encode()
    return OutboxRow(event_id=event_id, topic=event.TOPIC.name, key=event.root, headers=headers, value=value)


def build(dsn: str, issuer: str) -> FastAPI:
    app, peer = FastAPI(), Peer(dsn, issuer)

    @app.post("/v1/reports", status_code=201)
    async def post_report(
        said: ReportSaid,
        request: Request,
        source: Annotated[str, Depends(peer.subject)],
        db: Annotated[AsyncSession, Depends(peer.session)],
        idempotency_key: Annotated[str, Header()],
    ) -> ReportAnswer:
        raw = await request.body()
        digest = hashlib.sha256(raw).digest()
        before = await peer.answered_before(db, source, idempotency_key, digest)
        if before is not None:
            return before
        answer = await peer.take(db, said.by(Speaker(source, SourceKind.POLICE, Trust.BY_KIND), raw))
        kept = {"body_sha256": digest, "status": 201, "response": answer.model_dump(mode="json")}
        db.add(KeyRow(principal=source, route=ROUTE, key=idempotency_key, **kept))
        await db.commit()
        return answer

    return app


if __name__ == "__main__":
    dsn, issuer, port = sys.argv[1:]
    uvicorn.run(
        build(dsn, issuer), port=int(port), loop="uvloop", http="httptools", access_log=False, log_level="error"
    )
