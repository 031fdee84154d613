"""One change at a time to a history: a line dropped, said twice, exchanged with another, or one field of it relabelled.

A relabelled field takes the value that another line of its kind has there, so that what is wrong still looks right;
only where all agree is a value made up.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from tests.chaos.history import Call, History, Received, Record, Row

L = TypeVar("L")
Put = Callable[[History, Sequence[Any]], History]


@dataclass(frozen=True)
class Mutation:
    """`kind` of line, and what was done to it: `drop`, `duplicate`, `swap`, or the field that was relabelled."""

    kind: str
    deed: str
    history: History


def mutations(history: History) -> Iterator[Mutation]:
    """The first and the last line of each kind (of records the last), each in every way."""
    yield from _of(history, history.calls, _call_kind, lambda one, new: replace(one, calls=tuple(new)))
    yield from _of(history, history.received, _received_kind, lambda one, new: replace(one, received=tuple(new)))
    yield from _of(history, history.records, record_kind, lambda one, new: replace(one, records=tuple(new)))
    for name, rows in history.tables.items():
        yield from _of(history, rows, _row_kind(name), _table(name))


def _of(history: History, lines: Sequence[L], kind_of: Callable[[L], str], put: Put) -> Iterator[Mutation]:
    kinds: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        kinds.setdefault(kind_of(line), []).append(number)
    for kind, numbers in kinds.items():
        # A record has many fields: the last of each type is enough.
        for number in sorted({numbers[-1] if kind.startswith("record") else numbers[0], numbers[-1]}):
            for deed, new in _one_line(lines, number):
                yield Mutation(kind, deed, put(history, new))
        pair = swapped(lines[numbers[0]], lines[numbers[-1]])
        if set(map(repr, pair)) != {repr(lines[numbers[0]]), repr(lines[numbers[-1]])}:
            new = list(lines)
            new[numbers[0]], new[numbers[-1]] = pair
            yield Mutation(kind, "swap", put(history, new))


def _one_line(lines: Sequence[L], number: int) -> Iterator[tuple[str, list[L]]]:
    before, line, after = lines[:number], lines[number], lines[number + 1 :]
    yield "drop", [*before, *after]
    yield "duplicate", [*before, line, line, *after]
    for deed, changed in relabelled(line, [*before, *after]):
        if changed != line:
            yield deed, [*before, changed, *after]


def _table(name: str) -> Put:
    return lambda one, new: replace(one, tables=one.tables | {name: tuple(new)})


def _call_kind(call: Call) -> str:
    return f"call {call.op} {call.outcome}"


def _received_kind(received: Received) -> str:
    return f"received {json.loads(received.body)['type']} {received.answered}"


def record_kind(record: Record) -> str:
    kind = record.headers.get("ce_type", "dead letter")
    return f"record {kind.removeprefix('truce.')}"


def _row_kind(table: str) -> Callable[[Row], str]:
    return lambda row: f"row {table} {row['state']}" if "state" in row else f"row {table}"


# relabelling


def relabelled(line: Any, others: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    match line:
        case Record():
            yield from _record(line, [one for one in others if one.topic == line.topic])
        case Call() | Received():
            for field in fields(line):
                value = getattr(line, field.name)
                new = other_value(field.name, value, [getattr(one, field.name) for one in others])
                yield field.name, replace(line, **{field.name: new})
        case _:
            for name, value in line.items():
                yield name, line | {name: other_value(name, value, [one[name] for one in others if name in one])}


def _record(record: Record, others: Sequence[Record]) -> Iterator[tuple[str, Record]]:
    yield "key", replace(record, key=str(UUID(int=5)))
    yield "partition", replace(record, partition=(record.partition + 1) % 12)
    yield "offset", replace(record, offset=record.offset + 1000)
    yield "value", replace(record, value=b"{}")
    for name, value in record.headers.items():
        alike = [one.headers.get(name) for one in others]
        yield f"headers {name}", replace(record, headers=record.headers | {name: other_value(name, value, alike)})
    for path, body in _bodies(record):
        yield f"body {path}", replace(record, value=json.dumps(body, separators=(",", ":")).encode())


def _bodies(record: Record) -> Iterator[tuple[str, Row]]:
    """The record's JSON with one field of the event, of its snapshot, or of a part of that changed."""
    try:
        body = json.loads(record.value or b"null")
    except ValueError:
        return
    for name, value in body.items():
        if not isinstance(value, dict):
            yield name, body | {name: other_value(name, value, [])}
            continue
        for inner, deep in value.items():
            yield f"{name}.{inner}", body | {name: value | {inner: other_value(inner, deep, [])}}
            if isinstance(deep, list) and deep and isinstance(deep[-1], dict):
                for last, deepest in deep[-1].items():
                    part = deep[-1] | {last: other_value(last, deepest, [])}
                    yield f"{name}.{inner}.{last}", body | {name: value | {inner: [*deep[:-1], part]}}


def other_value(name: str, value: Any, alike: Sequence[Any]) -> Any:
    """Another line's value if any differs, else one made up of the same kind; the same value if there is none."""
    if isinstance(value, float):
        return value + 3600 if name.endswith("at") and value > 1e6 else value * 1.5 + 1
    others = (other for other in alike if other not in (value, None) and type(other) in (type(value), type(None)))
    return next(others, None if name == "result" else _made_up(value))


def _made_up(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case bytes():
            return value + b" "
        case str():
            return _other_text(value)
        case dict() | list() | tuple():
            return type(value)()
    return value


def _other_text(value: str) -> str:
    """Another id, an hour later, or another word."""
    try:
        return str(UUID(int=UUID(value).int + 7_000_000))
    except ValueError:
        pass
    try:
        return (datetime.fromisoformat(value) + timedelta(hours=1)).isoformat()
    except ValueError:
        return f"{value}0"


# exchanging


def swapped(one: Any, other: Any) -> tuple[Any, Any]:
    """The two lines with what they tell exchanged, each keeping its place and name."""
    match one, other:
        case Record(), Record():
            return replace(one, value=other.value), replace(other, value=one.value)
        case Received(), Received():
            return replace(one, body=other.body), replace(other, body=one.body)
        case Call(), Call():
            names = ("offer_id", "result", "body", "incident_id")
            mine, theirs = ({name: getattr(call, name) for name in names} for call in (one, other))
            return replace(one, **theirs), replace(other, **mine)
    name = next(iter(one))
    return other | {name: one[name]}, one | {name: other[name]}
