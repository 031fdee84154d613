"""Cursor pages: opaque, stable while rows are added, `Link: rel="next"`."""

import base64
import binascii
import json
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import quote

from fastapi import Query, Response
from pydantic import BaseModel

from shared.web.problems import Problem

MAX_LIMIT = 200
T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str | None, Query(max_length=500)]


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: str | None = None


def write_cursor(*keys: Any) -> str:
    """From the sort keys of a page's last row."""
    return base64.urlsafe_b64encode(json.dumps([str(key) for key in keys]).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, length: int) -> list[str] | None:
    """The sort keys to continue behind. Raises a 400 Problem for a cursor that was not written here."""
    if cursor is None:
        return None
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError, binascii.Error):
        keys = None
    if not (isinstance(keys, list) and len(keys) == length and all(map(_storable, keys))):
        raise Problem(400, "bad-cursor", "The cursor is not one of this list's.")
    return keys


def _storable(key: object) -> bool:
    return isinstance(key, str) and "\0" not in key and not any("\ud800" <= char <= "\udfff" for char in key)


def cursor_value(read: Callable[[str], T], text: str) -> T:
    """One sort key of a cursor in its own type; a 400 Problem if it is none."""
    try:
        return read(text)
    except ValueError:
        raise Problem(400, "bad-cursor", "The cursor is not one of this list's.") from None


def instant(text: str) -> datetime:
    """A sort key that is a time, for `cursor_value`. Far from the calendar's ends, where no database's time reaches."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or not 1900 <= at.year < 9000:
        raise ValueError("not an instant of a list")
    return at


def link_next(response: Response, path: str, cursor: str | None) -> None:
    """`path` may carry the list's filters as a query; the link keeps them."""
    if cursor is not None:
        joint = "&" if "?" in path else "?"
        response.headers["Link"] = f'<{path}{joint}cursor={quote(cursor)}>; rel="next"'
