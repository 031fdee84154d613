"""`If-Match` on edits: whoever replaces a list has seen the list that is replaced."""

import re
from typing import Annotated

from fastapi import Depends, Header

from shared.web.problems import Problem

_ETAG = re.compile(r'"([1-9][0-9]{0,17})"')


def etag(version: int) -> str:
    return f'"{version}"'


class Precondition:
    def __init__(self, if_match: str) -> None:
        self._any = if_match == "*"
        match = _ETAG.fullmatch(if_match)
        self._version = int(match[1]) if match else None

    def check(self, version: int) -> None:
        """Raises a 412 Problem if the thing has changed since it was read."""
        if not self._any and version != self._version:
            raise Problem(
                412, "changed-meanwhile", "It has changed since it was read.", headers={"ETag": etag(version)}
            )


async def _precondition(if_match: Annotated[str | None, Header(max_length=100)] = None) -> Precondition:
    if if_match is None:
        raise Problem(428, "if-match-required", "An edit must send the ETag it was made from as If-Match.")
    return Precondition(if_match)


IfMatch = Annotated[Precondition, Depends(_precondition)]
