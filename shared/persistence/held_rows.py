"""Rows that a transaction holds as plain objects: read by SQL text, changed in memory, written back when they differ.

For the few tables on the path of a page, where the row objects' layer costs more than all statements together. The
one who holds a row has locked it, or has just inserted it.
"""

import json
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Generic, TypeVar, get_origin, get_type_hints

T = TypeVar("T")


class Layout(Generic[T]):
    """How a dataclass lies in its table, a dict as JSON; `key` and `fixed` columns never change after the insert.

    `at_end`: written once, before the commit, and not before each statement: for a row that no statement of the same
    transaction looks at after it was read.
    """

    def __init__(
        self, kind: type[T], table: str, *, key: str, fixed: tuple[str, ...] = (), at_end: bool = False
    ) -> None:
        hints = get_type_hints(kind)
        self._kind, self._columns, self.at_end = kind, tuple(hints), at_end
        self._json = frozenset(name for name, hint in hints.items() if get_origin(hint) is dict)
        self._mutable = tuple(name for name in hints if name != key and name not in fixed)
        self.values: Callable[[T], tuple[Any, ...]] = attrgetter(*self._mutable)
        self._key = attrgetter(key)
        columns, places = ", ".join(hints), ", ".join(f"${number}" for number in range(1, len(hints) + 1))
        changes = ", ".join(f"{name} = ${number}" for number, name in enumerate(self._mutable, start=2))
        # Names of our own tables and columns; every value is a parameter.
        self.select = f"SELECT {columns} FROM {table}"  # noqa: S608 - see above
        self.insert = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 - see above
        self.update = f"UPDATE {table} SET {changes} WHERE {key} = $1"  # noqa: S608 - see above

    def read(self, row: Mapping[str, Any]) -> T:
        """From a row of `select`, or any other that has exactly its columns."""
        return self._kind(*(row[name] for name in self._columns))

    def all_arguments(self, row: T) -> list[Any]:
        return [self._encoded(name, getattr(row, name)) for name in self._columns]

    def changed_arguments(self, row: T) -> list[Any]:
        return [self._key(row), *(self._encoded(name, getattr(row, name)) for name in self._mutable)]

    def _encoded(self, name: str, value: Any) -> Any:
        return json.dumps(value) if name in self._json and value is not None else value


class HeldRows:
    def __init__(self) -> None:
        self._held: list[tuple[Layout[Any], Any]] = []
        self._written: list[tuple[Any, ...]] = []

    def add(self, layout: Layout[T], row: T) -> None:
        """`row` is as the database has it now."""
        self._held.append((layout, row))
        self._written.append(layout.values(row))

    def take_changed(self, *, at_end: bool) -> list[tuple[str, list[Any]]]:
        """Statements and arguments for what differs from the database, which the caller now executes."""
        due = []
        for place, (layout, row) in enumerate(self._held):
            if (at_end or not layout.at_end) and (values := layout.values(row)) != self._written[place]:
                self._written[place] = values
                due.append((layout.update, layout.changed_arguments(row)))
        return due
