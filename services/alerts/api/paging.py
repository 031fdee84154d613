"""Pages of lists that are sorted by id."""

from collections.abc import Sequence
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Request, Response

from shared.web.pagination import Cursor, Limit, Page, link_next, read_cursor, write_cursor
from shared.web.problems import Problem

T = TypeVar("T")
_DEFAULT_LIMIT = 50


class Paging:
    """What is asked of the database: `fetch` rows behind `after`, one more than the page holds."""

    def __init__(self, path: str, limit: int, after: UUID | None) -> None:
        self._path = path
        self._limit = limit
        self.after = after
        self.fetch = limit + 1

    def page(self, response: Response, ids: Sequence[UUID], items: Sequence[T]) -> Page[T]:
        """`ids` of `items`, in their order."""
        more = len(items) > self._limit
        cursor = write_cursor(ids[self._limit - 1]) if more else None
        link_next(response, self._path, cursor)
        return Page(items=list(items[: self._limit]), next=cursor)


async def _paging(request: Request, limit: Limit = _DEFAULT_LIMIT, cursor: Cursor = None) -> Paging:
    keys = read_cursor(cursor, 1)
    try:
        after = UUID(keys[0]) if keys else None
    except ValueError:
        raise Problem(400, "bad-cursor", "The cursor is not one of this list's.") from None
    return Paging(request.scope["path"], limit, after)


ById = Annotated[Paging, Depends(_paging)]
