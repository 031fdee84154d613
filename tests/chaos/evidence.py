"""A run's history, read once for all checks: events decoded, streams ordered, rows by what they are about.

What the run itself planted on topics (poison, copies, replays) is no word of the product's and stands apart. A stream
is one root's events after duplicates are dropped as a consumer drops them: in offset order, a version not above the
highest seen is skipped.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from shared.contracts.topics import TOPICS
from tests.chaos.history import Call, History, Receiver, Record, Row

SNAPSHOTS = ("incident", "dispatch", "area", "organization", "worker", "case", "alarm")
LIVE = frozenset({"open", "acknowledged"})
ACTIVE = frozenset({"accepted", "en_route", "on_scene"})
HOLDS_ROLE = ACTIVE | {"cleared"}
KNOWN_TOPICS = frozenset(topic.name for topic in TOPICS)


def seconds(instant: str) -> float:
    """Since 1970, of an instant as JSON has it."""
    return datetime.fromisoformat(instant).timestamp()


def same_instant(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    return datetime.fromisoformat(one) == datetime.fromisoformat(other)


@dataclass(frozen=True)
class Logged:
    """One record as an event. `version` 0 and empty texts: its headers do not say; `body` empty: it is no object."""

    record: Record
    id: str
    kind: str
    root: str
    version: int
    body: Row

    @property
    def word(self) -> str:
        """The last two words of its type: `offer.made`."""
        return ".".join(self.kind.split(".")[2:4])

    @property
    def snapshot(self) -> Row:
        found: Row = next((self.body[name] for name in SNAPSHOTS if isinstance(self.body.get(name), dict)), {})
        return found

    @property
    def at(self) -> str:
        return str(self.body.get("at", ""))


class Evidence:
    def __init__(self, history: History) -> None:
        self.history = history
        self.run = history.run

    def rows(self, table: str) -> tuple[Row, ...]:
        return self.history.rows(table)

    @cached_property
    def logged(self) -> list[Logged]:
        """The product's own records on the topics of contracts, in offset order per partition."""
        planted = set(self.run.planted)
        ordered = sorted(self.history.records, key=lambda one: (one.topic, one.partition, one.offset))
        return [_read(one) for one in ordered if one.topic in KNOWN_TOPICS and one.place not in planted]

    @cached_property
    def streams(self) -> dict[str, dict[str, list[Logged]]]:
        """Topic → root → its events, each version once."""
        streams: dict[str, dict[str, list[Logged]]] = {topic: {} for topic in KNOWN_TOPICS}
        for event in self.logged:
            stream = streams[event.record.topic].setdefault(event.root, [])
            if not stream or event.version > stream[-1].version:
                stream.append(event)
        return streams

    def events(self, topic: str, word: str | None = None) -> Iterator[Logged]:
        """Each version of each root once; of one kind, if `word` (`offer.made`) is given."""
        for stream in self.streams[topic].values():
            yield from (event for event in stream if word is None or event.word == word)

    def newest(self, topic: str) -> dict[str, Row]:
        """Root → its newest snapshot."""
        return {root: stream[-1].snapshot for root, stream in self.streams[topic].items()}

    def by(self, table: str, *columns: str) -> dict[Any, Row]:
        """Rows by their key; a key of one column is its value, of several a tuple."""
        return {_key(row, columns): row for row in self.rows(table)}

    def grouped(self, table: str, *columns: str) -> dict[Any, list[Row]]:
        return group(self.rows(table), *columns)

    @cached_property
    def written(self) -> dict[str, Row]:
        """Event id → its row in the outbox of alerts, whose ids are in the order in which things came to be true."""
        return {row["event_id"]: row for row in self.rows("alerts.outbox")}

    def calls(self, *ops: str, outcomes: tuple[str, ...] = ("ok",)) -> list[Call]:
        return [call for call in self.history.calls if call.op in ops and call.outcome in outcomes]

    @cached_property
    def receivers(self) -> dict[str, Receiver]:
        return {one.id: one for one in (*self.run.workers, *self.run.desks)}

    def slack(self, since: float, until: float) -> float:
        """How many seconds between two times some fault was at work: what was late by that much was held up by it."""
        return sum(
            max(0.0, min(until, fault.ended_at or self.run.ended_at) - max(since, fault.began_at))
            for fault in self.history.faults
        )


def group(rows: Iterable[Row], *columns: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[_key(row, columns)].append(row)
    return found


def part(snapshot: Row, name: str, key: str, value: str) -> Row:
    """One offer or assignment of a dispatch's snapshot; empty if it is not there (yet)."""
    found: Row = next((one for one in snapshot.get(name, ()) if one[key] == value), {})
    return found


def _key(row: Row, columns: tuple[str, ...]) -> Any:
    return row[columns[0]] if len(columns) == 1 else tuple(row[name] for name in columns)


def _read(record: Record) -> Logged:
    headers = record.headers
    version = headers.get("ce_aggregateversion", "")
    return Logged(
        record=record,
        id=headers.get("ce_id", ""),
        kind=headers.get("ce_type", ""),
        root=headers.get("ce_subject", ""),
        version=int(version) if version.isdigit() else 0,
        body=_object(record.value),
    )


@lru_cache(maxsize=1024)
def _object(value: bytes | None) -> Row:
    """Kept for those who look at one history again and again with a line of it changed; nobody changes what is told."""
    try:
        body = json.loads(value or b"null")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
