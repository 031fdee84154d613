"""Reports that come at the same time are taken in one transaction, as far as each opens an incident of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request, Response

from services.intake.api.report_answer import answer_of
from services.intake.api.speaking import Speaking
from services.intake.current_programme import InForce
from services.intake.domain.report import Report
from services.intake.usecases.take_new_reports import Heard, take_new_reports
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction
from shared.web.batcher import Batcher
from shared.web.idempotency import Once, Scope, store, unasked

CREATED = 201


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One request. `scope`: of its idempotency key, None without one. `traceparent`: of the request."""

    speaking: Speaking
    report: Report
    in_force: InForce
    once: Once
    scope: Scope | None
    traceparent: str | None


Together = Batcher[Asked, Response]


def together_of(request: Request) -> Together:
    together: Together = request.app.state.together
    return together


def take_together(db: Database) -> Together:
    async def carry_out(requests: Sequence[Asked]) -> list[Response | None]:
        async with db.transaction() as tx:
            return await _take(tx, requests)

    return Together(carry_out)


async def _take(tx: Transaction, requests: Sequence[Asked]) -> list[Response | None]:
    in_force, new = requests[0].in_force, await _new(tx, requests)
    able = [at for at in new if requests[at].speaking.is_known and requests[at].in_force is in_force]
    heard = [Heard(requests[at].report, requests[at].traceparent) for at in able]
    taken = await take_new_reports(tx, heard, in_force)
    answers = {
        at: answer_of(one, in_force, requests[at].speaking.principal).model_dump_json()
        for at, one in zip(able, taken, strict=True)
        if one is not None
    }
    for at, answer in answers.items():
        if (scope := requests[at].scope) is not None:
            store(tx, scope, requests[at].once.body_sha256, CREATED, answer)
    return [_response(answers.get(at)) for at in range(len(requests))]


async def _new(tx: Transaction, requests: Sequence[Asked]) -> list[int]:
    """The places of those that were not asked before, and are not being asked; one of each."""
    first = {scope: at for at, one in reversed(list(enumerate(requests))) if (scope := one.scope) is not None}
    free = await unasked(tx, list(first)) if first else []
    mine = {at for at, is_free in zip(first.values(), free, strict=True) if is_free}
    return [at for at, one in enumerate(requests) if one.scope is None or at in mine]


def _response(answer: str | None) -> Response | None:
    return None if answer is None else Response(answer, CREATED, media_type="application/json")
