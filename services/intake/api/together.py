"""Reports that come at the same time are taken in one transaction, as far as each opens an incident of its own
or says again what was said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi import Request, Response

from services.intake.api.report_answer import answer_of
from services.intake.api.speaking import Speaking
from services.intake.current_programme import InForce
from services.intake.domain.report import Report
from services.intake.usecases.take_many_reports import Heard, take_many_reports
from shared.persistence.database import Database
from shared.persistence.request_keys import Scope
from shared.persistence.transaction import Transaction
from shared.web.batcher import Batcher
from shared.web.idempotency import Once, store

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
    in_force = requests[0].in_force
    able = [at for at, one in _one_of_each(requests) if one.speaking.is_known and one.in_force is in_force]
    heard = [Heard(requests[at].report, requests[at].traceparent, requests[at].scope) for at in able]
    taken = await take_many_reports(tx, heard, in_force)
    answers = {
        at: answer_of(one, in_force, requests[at].speaking.principal).model_dump_json()
        for at, one in zip(able, taken, strict=True)
        if one is not None
    }
    for at, answer in answers.items():
        if (scope := requests[at].scope) is not None:
            store(tx, scope, requests[at].once.body_sha256, CREATED, answer)
    return [_response(answers.get(at)) for at in range(len(requests))]


def _one_of_each(requests: Sequence[Asked]) -> Iterator[tuple[int, Asked]]:
    """With their places; of those with one key the first."""
    seen: set[Scope] = set()
    for at, one in enumerate(requests):
        if one.scope is None or one.scope not in seen:
            yield at, one
        if one.scope is not None:
            seen.add(one.scope)


def _response(answer: str | None) -> Response | None:
    return None if answer is None else Response(answer, CREATED, media_type="application/json")
