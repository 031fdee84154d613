"""Ways to spoil a history that a broken product would leave, each with the check that must see it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.chaos.history import Call, History, Record, Row

Spoil = Callable[[History], History]
Where = Callable[[Row], object]


def in_table(table: str, where: Where, **new: Any) -> Spoil:
    """The first row for which `where` holds gets new values; a callable is given the old one."""

    def spoil(history: History) -> History:
        rows = list(history.tables[table])
        number = next(number for number, row in enumerate(rows) if where(row))
        rows[number] = rows[number] | {
            name: value(rows[number][name]) if callable(value) else value for name, value in new.items()
        }
        return replace(history, tables=history.tables | {table: tuple(rows)})

    return spoil


def without(table: str, where: Where) -> Spoil:
    def spoil(history: History) -> History:
        rows = list(history.tables[table])
        rows.remove(next(row for row in rows if where(row)))
        return replace(history, tables=history.tables | {table: tuple(rows)})

    return spoil


def another(table: str, where: Where, **new: Any) -> Spoil:
    """One row more, like the first for which `where` holds."""

    def spoil(history: History) -> History:
        rows = history.tables[table]
        copy = next(row for row in rows if where(row)) | new
        return replace(history, tables=history.tables | {table: (*rows, copy)})

    return spoil


def in_event(word: str, change: Callable[[Row], None], where: Where = bool) -> Spoil:
    """The last event of that kind has another body, in its record and in the outbox alike."""

    def spoil(history: History) -> History:
        number, record = _last(history, word, where)
        body = json.loads(record.value or b"")
        change(body)
        value = json.dumps(body).encode()
        records = [*history.records]
        records[number] = replace(record, value=value)
        told = replace(history, records=tuple(records))
        event = record.headers["ce_id"]
        outbox = f"{record.topic.split('.', maxsplit=1)[0]}.outbox"
        return in_table(outbox, lambda row: row["event_id"] == event, value="\\x" + value.hex())(told)

    return spoil


def never_published(word: str) -> Spoil:
    """Its record is not there, and those behind it moved up."""

    def spoil(history: History) -> History:
        number, gone = _last(history, word)
        records = [one for place, one in enumerate(history.records) if place != number]
        moved = [replace(one, offset=one.offset - 1) if _is_behind(one, gone) else one for one in records]
        return replace(history, records=tuple(moved))

    return spoil


def published_again(word: str, change: Callable[[Record], Record]) -> Spoil:
    """A copy at the end of its partition that is not quite the same."""

    def spoil(history: History) -> History:
        _, record = _last(history, word)
        end = sum((one.topic, one.partition) == (record.topic, record.partition) for one in history.records)
        return replace(history, records=(*history.records, change(replace(record, offset=end))))

    return spoil


def out_of_order(word: str) -> Spoil:
    """It exchanges its offset with the event of its root before it."""

    def spoil(history: History) -> History:
        number, record = _last(history, word)
        before = max(
            place
            for place, one in enumerate(history.records[:number])
            if (one.topic, one.key) == (record.topic, record.key)
        )
        records = [*history.records]
        records[number] = replace(record, offset=records[before].offset)
        records[before] = replace(records[before], offset=record.offset)
        return replace(history, records=tuple(records))

    return spoil


def in_call(op: str, was: str, **new: Any) -> Spoil:
    def spoil(history: History) -> History:
        calls = [*history.calls]
        number = next(number for number, one in enumerate(calls) if (one.op, one.outcome) == (op, was))
        calls[number] = replace(calls[number], **new)
        return replace(history, calls=tuple(calls))

    return spoil


def without_call(op: str, outcome: str) -> Spoil:
    def spoil(history: History) -> History:
        gone: Call = next(one for one in history.calls if (one.op, one.outcome) == (op, outcome))
        return replace(history, calls=tuple(one for one in history.calls if one is not gone))

    return spoil


def in_received(answered: int, **new: Any) -> Spoil:
    """The last request that was answered so; `headers` are laid over the old ones."""

    def spoil(history: History) -> History:
        received = [*history.received]
        number = max(number for number, one in enumerate(received) if one.answered == answered)
        old = received[number]
        received[number] = replace(old, **(new | {"headers": old.headers | new.get("headers", {})}))
        return replace(history, received=tuple(received))

    return spoil


def without_received(answered: int) -> Spoil:
    def spoil(history: History) -> History:
        gone = next(one for one in history.received if one.answered == answered)
        return replace(history, received=tuple(one for one in history.received if one is not gone))

    return spoil


def answering(name: str, by: int) -> Spoil:
    """Reporting says another number."""

    def spoil(history: History) -> History:
        numbers = history.answers["reported"]
        return replace(history, answers={"reported": numbers | {name: numbers[name] + by}})

    return spoil


def later(seconds: float) -> Callable[[str], str]:
    return lambda at: (datetime.fromisoformat(at) + timedelta(seconds=seconds)).isoformat()


def _last(history: History, word: str, where: Where = bool) -> tuple[int, Record]:
    """The last event of its kind whose body is as wanted."""
    return max(
        (number, record)
        for number, record in enumerate(history.records)
        if record.headers.get("ce_type", "").endswith(f".{word}.v1") and where(json.loads(record.value or b""))
    )


def _is_behind(one: Record, gone: Record) -> bool:
    return (one.topic, one.partition) == (gone.topic, gone.partition) and one.offset > gone.offset
