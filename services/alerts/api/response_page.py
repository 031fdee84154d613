"""`/r/{token}`: the page behind the link in a message, for a person without app or token at hand.

Whoever fetches links without being asked (mail and chat scanners, previews) changes nothing: looking reads in a
transaction that the database keeps from writing. Acting takes a POST. What is unknown, foreign or too old is one page.
"""

from collections.abc import Mapping
from time import monotonic
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.alerts.api.forms import BadForm, read_form
from services.alerts.api.response_html import failed, shown
from services.alerts.api.response_words import PageWords, not_done, page_words, practice_words, question_words
from services.alerts.api.response_words_of_notices import notice_words, trade_words
from services.alerts.delivery.response_link import links_of
from services.alerts.domain.response import Deed
from services.alerts.metrics import WRONG_LINKS
from services.alerts.queries.responses import Linked, asked, find_linked, paged, tested, told_about, traded
from services.alerts.usecases.responding.respond import respond
from shared.auth.guards import public
from shared.kernel.errors import Invalid, NotAllowed, StateConflict
from shared.kernel.vocabulary import DeclineReason
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction
from shared.web.database import Db

router = APIRouter(tags=["response page"], default_response_class=HTMLResponse)
# As where answers come over the API: whoever meets a dispatch in another order begins again.
_TRIES = 3
# Links that were not made here, a minute, over all callers: a good link is never turned away for them.
MOST_WRONG = 60


class Guesses:
    """How many wrong links came in this minute. In memory: it protects this process, and nobody's link hangs on it."""

    def __init__(self) -> None:
        self._minute, self._count = 0, 0

    def is_too_many(self) -> bool:
        WRONG_LINKS.inc()
        minute = int(monotonic() // 60)
        self._minute, self._count = minute, self._count + 1 if minute == self._minute else 1
        return self._count > MOST_WRONG


HTML: dict[int | str, dict[str, Any]] = {
    code: {"description": text, "content": {"text/html": {"schema": {"type": "string"}}}}
    for code, text in {
        404: "No link, or none any more",
        409: "Not done: the page says why",
        422: "Nothing that this link is for",
        429: "Too many wrong links",
    }.items()
}
_FORM = {
    "type": "object",
    "required": ["do"],
    "properties": {
        "do": {"type": "string", "enum": [*Deed]},
        "reason": {"type": "string", "enum": [*DeclineReason]},
    },
}


@router.head("/r/{token}", include_in_schema=False)
@router.get("/r/{token}", responses={404: HTML[404], 429: HTML[429]})
@public
async def look(request: Request, token: str, db: Db) -> HTMLResponse:
    """What is asked, how it stands, and buttons. Changes nothing, however often it is fetched."""
    delivery_id = _delivery_of(request, token)
    if isinstance(delivery_id, HTMLResponse):
        return delivery_id
    return await _look(db, delivery_id)


@router.post(
    "/r/{token}",
    responses=HTML,
    openapi_extra={"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": _FORM}}}},
)
@public
async def act(request: Request, token: str, db: Db) -> HTMLResponse:
    """A button of the page. Repeating it changes nothing; the answer is the page as it stands then."""
    delivery_id = _delivery_of(request, token)
    if isinstance(delivery_id, HTMLResponse):
        return delivery_id
    try:
        deed, reason = _read(await read_form(request, ("do", "reason")))
        done = await db.retrying(lambda tx: _act(tx, delivery_id, deed, reason), tries=_TRIES)
    except BadForm as bad:
        return failed(bad.status)
    except (Invalid, NotAllowed):
        return failed(422)
    except StateConflict as refused:
        return await _look(db, delivery_id, refused=not_done(refused))
    return await _look(db, delivery_id) if done else failed(404)


def _delivery_of(request: Request, token: str) -> UUID | HTMLResponse:
    found = links_of(request.app.state.settings).delivery_of(token)
    if found is not None:
        return found
    guesses: Guesses = request.app.state.guesses
    return failed(429 if guesses.is_too_many() else 404)


def _read(form: Mapping[str, str]) -> tuple[Deed, DeclineReason | None]:
    try:
        return Deed(form["do"]), DeclineReason(form["reason"]) if "reason" in form else None
    except (KeyError, ValueError):
        raise BadForm(422) from None


async def _act(tx: Transaction, delivery_id: UUID, deed: Deed, reason: DeclineReason | None) -> bool:
    linked = await find_linked(tx, delivery_id)
    if linked is None:
        return False
    await respond(tx, linked, deed, reason)
    return True


async def _look(db: Database, delivery_id: UUID, *, refused: str | None = None) -> HTMLResponse:
    """`refused`: why what was just asked for was not done."""
    async with db.transaction() as tx:
        await tx.run("SET TRANSACTION READ ONLY")
        linked = await find_linked(tx, delivery_id)
        words = None if linked is None else await _words(tx, linked)
    if words is None:
        return failed(404)
    return shown(words, refused=refused, status=409 if refused else 200)


async def _words(tx: Transaction, linked: Linked) -> PageWords:
    if linked.test_page_id is not None:
        return practice_words(await tested(tx, linked.test_page_id, linked.owner_id))
    if linked.page_id is not None:
        return page_words(await paged(tx, linked.page_id))
    if linked.offer_id is not None:
        return question_words(await asked(tx, linked.offer_id))
    if linked.trade_id is not None:
        return trade_words(linked, await traded(tx, linked.trade_id, linked.owner_id))
    return notice_words(linked, await told_about(tx, linked))
