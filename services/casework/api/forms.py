"""Forms that several resources share: strict request models, and pages behind a cursor."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from shared.persistence.transaction import Row
from shared.web.pagination import Page, link_next, write_cursor

V = TypeVar("V", bound=BaseModel)
CommunitySlug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


class Body(BaseModel):
    """A request body: what is not named is refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Listing:
    """A list being answered: one row more than shown is read, and tells whether there is a next page."""

    def __init__(self, request: Request, response: Response) -> None:
        self._request = request
        self._response = response

    def page(self, rows: Sequence[Row], limit: int, view: type[V], *keys: str) -> Page[V]:
        """`keys`: the columns the list is ordered by."""
        items = [view.model_validate(dict(row)) for row in rows[:limit]]
        following = write_cursor(*(rows[limit - 1][key] for key in keys)) if len(rows) > limit else None
        url = self._request.url.remove_query_params("cursor")
        link_next(self._response, f"{url.path}?{url.query}" if url.query else url.path, following)
        return Page(items=items, next=following)


def _listing(request: Request, response: Response) -> Listing:
    return Listing(request, response)


Listed = Annotated[Listing, Depends(_listing)]
