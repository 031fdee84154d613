"""SQL text with `:name` parameters, as PostgreSQL wants it: `$1, $2 …` and the names in their order.

A name may be used several times; `::type` is a cast, and a colon inside a word or after a backslash is no parameter.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

_PARAMETER = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)")


@dataclass(frozen=True)
class SqlText:
    text: str
    names: tuple[str, ...]

    def arguments(self, parameters: dict[str, Any]) -> list[Any]:
        """Raises KeyError if one is missing, and ValueError if one is given that the text does not use."""
        if len(parameters) != len(self.names):
            unused = sorted(parameters.keys() - set(self.names))
            if unused:
                raise ValueError(f"not used by the statement: {', '.join(unused)}")
        return [parameters[name] for name in self.names]


def with_suffix(statement: str, suffix: str) -> str:
    """The same text, each of its parameters named `name` + suffix."""
    return _PARAMETER.sub(rf":\g<1>{suffix}", statement)


@cache
def parse(statement: str) -> SqlText:
    """Once per text: the statements of a programme are a small fixed set."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        return f"${names.setdefault(found[1], len(names) + 1)}"

    return SqlText(_PARAMETER.sub(number, statement), tuple(names))
