"""Request bodies as JSON, strictly: no duplicate keys, no NaN, bounded depth, real Unicode.

What passes here means the same to every reader; two parsers cannot disagree about it.
"""

import json
import math
import re
from typing import Any, Never

from fastapi import Request
from fastapi.routing import APIRoute

from shared.web.problems import Problem, pointer

MAX_DEPTH = 20
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)
_OPENING, _CLOSING = frozenset("[{"), frozenset("]}")


class StrictRequest(Request):
    async def json(self) -> Any:
        if not hasattr(self, "_strict"):
            self._strict = parse(await self.body())
        return self._strict


class StrictRoute(APIRoute):
    """Routes whose bodies are read strictly."""

    def get_route_handler(self) -> Any:
        inner = super().get_route_handler()

        async def handle(request: Request) -> Any:
            strict = StrictRequest(request.scope, request.receive)
            await strict.body()  # also where the route asks for none: limits and admission count what arrives
            return await inner(strict)

        return handle


def parse(body: bytes) -> Any:
    """Raises a 400 Problem that says what kind of malformation it is."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Problem(400, "malformed-json", "The body is not UTF-8.") from None
    _refuse_depth(text)
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()  # fails on half a surrogate pair
    except UnicodeEncodeError:
        where = {"pointer": pointer(("body", *_broken_text(value))), "detail": "is not Unicode text"}
        raise Problem(400, "malformed-json", "The body is not Unicode text.", extra={"errors": [where]}) from None
    except (ValueError, RecursionError):
        raise Problem(400, "malformed-json", "The body is not JSON.") from None
    return value


def _broken_text(value: Any) -> tuple[Any, ...]:
    """The way to the first text that holds half a surrogate pair, or to the object whose name does."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        if _is_broken(name):
            return (name,)
        if _is_broken(part):
            return (name, *_broken_text(part))
    return ()


def _is_broken(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _refuse_depth(text: str) -> None:
    """Counts brackets outside strings, before a recursive parser sees them."""
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        if found[0] in _OPENING:
            depth += 1
            if depth > MAX_DEPTH:
                raise Problem(400, "malformed-json", f"The body is nested deeper than {MAX_DEPTH} levels.")
        elif found[0] in _CLOSING:
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Problem(400, "malformed-json", "An object has the same name twice.")
    return found


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise Problem(400, "malformed-json", "A number is too large.")
    return value


def _no_constant(_: str) -> Never:
    raise Problem(400, "malformed-json", "NaN and Infinity are not JSON.")
