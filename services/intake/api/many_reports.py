"""Several reports in one request: each is taken by itself, in a transaction of its own, and has an answer of its own.

A bad one never loses a good one. Every one must name itself by `source_ref`: so the whole request may be sent again,
whatever became of its answer, and adds nothing. In order, so that what is said of one incident twice is heard in turn.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from services.intake.api.parameters import InForceNow, Reporter, book_of
from services.intake.api.report_answer import caller_text
from services.intake.api.report_body import ReportSaid
from services.intake.api.speaking import Speaking
from services.intake.current_programme import InForce
from services.intake.feeds.reading import Chained, Unusable, Withdrawal
from services.intake.queries.chains import chain_of
from services.intake.source_book import SourceBook
from services.intake.usecases.follow_chain import follow_chain
from services.intake.usecases.take_report import take_report
from services.intake.usecases.taken import Disposition, Taken
from services.intake.usecases.withdraw_report import withdraw_report
from shared.auth.principal import Principal
from shared.kernel.errors import FieldError, Invalid, Refused, TooMany, Unavailable
from shared.observability.logs import get_logger
from shared.persistence.database import Database
from shared.persistence.sqlstate import is_transient
from shared.web.database import Db
from shared.web.problems import TYPE_PREFIX, field_errors, status_of

log = get_logger(__name__)
_AWAY = Unavailable("Try again in a moment.")


class FieldFault(BaseModel):
    pointer: str
    detail: str


class ItemAnswer(BaseModel):
    """`index`: its place in what was sent; of a burst of detections, that of the first. A status of 201 has the first
    group of fields, any other the second: a problem as that report alone would have had, its pointers into that report.
    """

    index: int
    status: int
    report_id: UUID | None = None
    incident_id: UUID | None = None
    disposition: Disposition | None = None
    tell_the_caller: str | None = None
    type: str | None = None
    detail: str | None = None
    errors: list[FieldFault] | None = None
    retry_after_s: int | None = None


class ManyAnswer(BaseModel):
    """`taken`: those with status 201, whether they were new or had been said before."""

    taken: int
    refused: int
    results: list[ItemAnswer]


@dataclass(frozen=True, slots=True)
class ManyReports:
    """What taking several reports of one caller stands on."""

    principal: Principal
    book: SourceBook
    in_force: InForce
    db: Database

    async def take(self, items: Iterable[tuple[int, Any]]) -> ManyAnswer:
        """Items as they came, or what a translation made of them, each with its place in what was sent."""
        results: list[ItemAnswer] = []
        is_away = False
        for index, item in items:
            answer = refused(index, _AWAY) if is_away else await self._answered(index, item)
            is_away = answer.status == status_of(_AWAY)
            results.append(answer)
        taken = sum(answer.status == 201 for answer in results)
        return ManyAnswer(taken=taken, refused=len(results) - taken, results=results)

    async def _answered(self, index: int, item: Any) -> ItemAnswer:
        try:
            said = item.said if isinstance(item, Chained) else item
            if isinstance(said, Withdrawal):
                return await self._withdrawn(index, said, item)
            taken = await self._taken(said, item)
        except ValidationError as error:
            return refused(
                index, Invalid(*field_errors([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]))
            )
        except Refused as refusal:
            return refused(index, refusal)
        except Exception as error:  # whatever is wrong with one, the others are taken
            if is_transient(error):
                return refused(index, _AWAY)
            log.exception("reports.one_failed", index=index)
            return ItemAnswer(
                index=index,
                status=500,
                type=f"{TYPE_PREFIX}unexpected",
                detail="Something failed here; it has been logged.",
            )
        return ItemAnswer(
            index=index,
            status=201,
            report_id=taken.report_id,
            incident_id=taken.incident.incident_id,
            disposition=taken.disposition,
            tell_the_caller=caller_text(taken.incident, self.in_force, self.principal),
        )

    async def _withdrawn(self, index: int, said: Withdrawal, item: Any) -> ItemAnswer:
        source, reference = self.principal.subject, said.source_ref
        await self.book.admit(source)
        async with self.db.transaction() as tx:
            if isinstance(item, Chained):
                reference = await chain_of(tx, source, None, item.earlier) or reference
            withdrawn = await withdraw_report(tx, source, reference)
        return ItemAnswer(
            index=index,
            status=201,
            report_id=withdrawn.report_id,
            incident_id=withdrawn.incident.id,
            disposition=Disposition.WITHDRAWN,
        )

    async def _taken(self, body: Any, item: Any) -> Taken:
        """`body`: what the item says as a report."""
        speaking = Speaking(self.principal, await self.book.admit(self.principal.subject))
        if isinstance(body, Unusable):
            raise Invalid(FieldError(body.pointer, body.reason))
        said = ReportSaid.model_validate(body)
        if said.source_ref is None:
            raise Invalid(FieldError("/source_ref", "is needed where several reports are sent together"))
        raw = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        report = speaking.report(said, raw)
        async with self.db.transaction() as tx:
            await speaking.register_if_new(tx)
            if isinstance(item, Chained):
                report = await follow_chain(tx, report, item.own, item.earlier)
            return await take_report(tx, report, self.in_force)


def refused(index: int, refusal: Refused) -> ItemAnswer:
    errors = (
        [FieldFault(pointer=one.pointer, detail=one.detail) for one in refusal.errors]
        if isinstance(refusal, Invalid)
        else None
    )
    return ItemAnswer(
        index=index,
        status=status_of(refusal),
        type=f"{TYPE_PREFIX}{refusal.slug}",
        detail=str(refusal),
        errors=errors,
        retry_after_s=refusal.wait_s if isinstance(refusal, TooMany) else None,
    )


async def _many_reports(request: Request, principal: Reporter, in_force: InForceNow, db: Db) -> ManyReports:
    return ManyReports(principal, book_of(request), in_force, db)


ManyReportsNow = Annotated[ManyReports, Depends(_many_reports)]
