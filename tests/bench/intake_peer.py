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

from services.intake.api.report_body import ReportSaid
from services.intake.api.reports import ReportAnswer
from services.intake.current_programme import CurrentProgramme
from services.intake.domain.sources import Speaker, Trust
from services.intake.queries.snapshots import snapshot
from services.intake.tables import IncidentRow
from services.intake.usecases.apply_policy import activate_by_policy, screen_by_policy
from services.intake.usecases.open_incident import reported
from services.intake.usecases.taken import Disposition
from shared.contracts.events.incidents import IncidentOpened
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import SourceKind
from shared.messaging.envelope import headers_of
from shared.persistence.database import Database, create_engine
from shared.persistence.tables import instant


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


def build(dsn: str, issuer: str) -> FastAPI:
    app, bearer = FastAPI(), HTTPBearer()
    engine = create_engine(dsn, pool_size=10)
    programmes = CurrentProgramme(Database(dsn, pool_size=1))
    keys: list[KeySet] = []

    async def session() -> AsyncIterator[AsyncSession]:
        async with AsyncSession(engine, expire_on_commit=False) as opened:
            yield opened

    async def subject(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> str:
        if not keys:
            async with aiohttp.ClientSession() as http, http.get(f"{issuer}/.well-known/openid-configuration") as told:
                async with http.get((await told.json())["jwks_uri"]) as offered:
                    keys.append(KeySet.import_key_set(await offered.json()))
        claims = jwt.decode(credentials.credentials, keys[0], algorithms=["ES256", "RS256"]).claims
        if "source" not in claims["roles"]:
            raise HTTPException(403)
        return str(claims["sub"])

    @app.post("/v1/reports", status_code=201)
    async def post_report(
        said: ReportSaid,
        request: Request,
        source: Annotated[str, Depends(subject)],
        db: Annotated[AsyncSession, Depends(session)],
        idempotency_key: Annotated[str, Header()],
    ) -> ReportAnswer:
        raw, in_force = await request.body(), await programmes.get()
        digest = hashlib.sha256(raw).digest()
        known = await db.get(KeyRow, (source, "POST /v1/reports", idempotency_key))
        if known is not None:
            if known.body_sha256 != digest:
                raise HTTPException(422)
            return ReportAnswer.model_validate(known.response)
        report = said.by(Speaker(source, SourceKind.POLICE, Trust.BY_KIND), raw)
        by_reference = select(IncidentRow).where(
            IncidentRow.source == source, IncidentRow.source_ref == said.source_ref
        )
        if (await db.exec(by_reference)).first() is not None:
            raise HTTPException(409)
        now = (await db.exec(select(func.app_now()))).one()
        row = reported(report, in_force, now)
        opened = snapshot(row)
        trusted = in_force.trusts(report.source_kind, report.trust)
        decided = screen_by_policy(row, in_force, now) or activate_by_policy(row, trusted, in_force, now)
        db.add(row)
        await db.flush()
        kept = ReportRow(
            id=new_id(), incident_id=row.id, source=source, source_kind=report.source_kind,
            source_ref=report.source_ref, body=json.loads(raw), content_sha256=report.content_sha256, received_at=now,
        )  # fmt: skip
        db.add(kept)
        await db.flush()
        first = IncidentOpened(at=now, incident=opened, report_id=kept.id, source=report.source_kind)
        for event in (first, *([decided] if decided else [])):
            event_id = new_id()
            headers = headers_of(event, event_id=event_id, traceparent=None)
            value = event.model_dump_json(exclude_none=True).encode()
            db.add(OutboxRow(event_id=event_id, topic=event.TOPIC.name, key=event.root, headers=headers, value=value))
            await db.flush()
        answer = ReportAnswer(
            report_id=kept.id, incident_id=row.id, disposition=Disposition.OPENED, incident=snapshot(row)
        )
        response = answer.model_dump(mode="json")
        db.add(
            KeyRow(
                principal=source, route="POST /v1/reports", key=idempotency_key, body_sha256=digest, status=201,
                response=response,
            )
        )  # fmt: skip
        await db.commit()
        return answer

    return app


if __name__ == "__main__":
    dsn, issuer, port = sys.argv[1:]
    uvicorn.run(
        build(dsn, issuer), port=int(port), loop="uvloop", http="httptools", access_log=False, log_level="error"
    )
