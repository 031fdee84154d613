"""A small HTML form as a browser posts it, read strictly: no names twice, none unknown, nothing that is not text.

The framework's own form readers are not used: their limits have been circumvented before.
"""

from collections.abc import Collection
from urllib.parse import parse_qsl

from fastapi import Request

MAX_FORM_BYTES = 512
_KIND = "application/x-www-form-urlencoded"


class BadForm(Exception):
    """`status`: 415, 413 or 400. Says nothing of what was sent."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def read_form(request: Request, names: Collection[str]) -> dict[str, str]:
    body = await request.body()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _KIND:
        raise BadForm(415)
    if len(body) > MAX_FORM_BYTES:
        raise BadForm(413)
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, strict_parsing=bool(text), errors="strict", max_num_fields=len(names))
    except ValueError:
        raise BadForm(400) from None
    found = dict(pairs)
    if len(found) < len(pairs) or not found.keys() <= set(names):
        raise BadForm(400)
    return found
