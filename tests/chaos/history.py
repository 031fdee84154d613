"""What happened in a chaos run, as a folder of JSON Lines: written while it happens, read by the checks afterwards.

Every line is flushed when it is written, so a run that is killed leaves all it saw. Times are wall-clock seconds of the
one machine. A call whose answer never came is `info`: nobody knows what it did, so no check may count it as failed.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

Outcome = Literal["ok", "fail", "info"]
Row = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One request by somebody. `key` is the Idempotency-Key; `actor` a worker's id, a source or a desk."""

    id: str
    op: str
    actor: str
    invoked_at: float
    ended_at: float | None
    outcome: Outcome
    status: int | None = None
    result: Row | None = None
    incident_id: str | None = None
    offer_id: str | None = None
    key: str | None = None
    body: Row | None = None


@dataclass(frozen=True)
class Received:
    """One request that reached a receiver. `answered`: the status it gave, or that it hung or closed the connection."""

    at: float
    receiver: str
    headers: dict[str, str]
    body: bytes
    answered: int | Literal["hung", "closed"]

    @property
    def message(self) -> str:
        return self.headers.get("webhook-id", "")


@dataclass(frozen=True)
class Fault:
    kind: str
    target: str
    began_at: float
    ended_at: float | None
    detail: str = ""


@dataclass(frozen=True)
class Record:
    """`topic` is without the prefix of the run. A tombstone has no value, a poison record perhaps no key."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: str | None
    headers: dict[str, str]
    value: bytes | None

    @property
    def place(self) -> str:
        return f"{self.topic}/{self.partition}@{self.offset}"


@dataclass(frozen=True)
class Receiver:
    """A worker, or a desk (`kind` supervisor or duty_dispatcher), and the secret its messages are signed with."""

    id: str
    endpoint_id: str
    secret: str
    kind: str = "interrupter"
    home: dict[str, float] | None = None
    community: str | None = None
    floater: bool = False


@dataclass(frozen=True)
class Run:
    seed: int
    began_at: float
    healed_at: float
    ended_at: float
    rate_per_s: float
    policy: Row
    workers: tuple[Receiver, ...]
    desks: tuple[Receiver, ...] = ()
    selection: str = ""
    planted: tuple[str, ...] = ()
    """Places of records, as `topic/partition@offset`, that the run itself put on topics: poison, copies, replays."""


@dataclass(frozen=True)
class History:
    run: Run
    calls: tuple[Call, ...] = ()
    received: tuple[Received, ...] = ()
    faults: tuple[Fault, ...] = ()
    records: tuple[Record, ...] = ()
    tables: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    answers: dict[str, Row] = field(default_factory=dict)

    def rows(self, table: str) -> tuple[Row, ...]:
        """`table` is `service.table`. One that was not dumped is an error, not an empty one."""
        return self.tables[table]

    def on(self, topic: str) -> Iterator[Record]:
        return (record for record in self.records if record.topic == topic)


class Recorder:
    """Appends to a run's folder. One per process and file; lines of several processes go to files of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def call(self, call: Call) -> None:
        self._append("calls", asdict(call))

    def received(self, received: Received) -> None:
        line = asdict(received)
        line["body_b64"] = base64.b64encode(line.pop("body")).decode()
        self._append("received", line)

    def fault(self, fault: Fault) -> None:
        self._append("faults", asdict(fault))

    def run(self, run: Run) -> None:
        (self.folder / "run.json").write_text(json.dumps(asdict(run), indent=1))

    def records(self, records: Iterable[Record]) -> None:
        write_lines(self.folder / "records.jsonl", (record_line(record) for record in records))

    def table(self, name: str, rows: Iterable[Row]) -> None:
        write_lines(self.folder / "tables" / f"{name}.jsonl", rows)

    def answer(self, name: str, body: Row) -> None:
        place = self.folder / "answers" / f"{name}.json"
        place.parent.mkdir(exist_ok=True)
        place.write_text(json.dumps(body))

    def history(self, history: History) -> Self:
        """Writes a whole history at once."""
        self.run(history.run)
        write_lines(self.folder / "calls.jsonl", ())
        write_lines(self.folder / "received.jsonl", ())
        write_lines(self.folder / "faults.jsonl", ())
        for call in history.calls:
            self.call(call)
        for received in history.received:
            self.received(received)
        for fault in history.faults:
            self.fault(fault)
        self.records(history.records)
        for name, rows in history.tables.items():
            self.table(name, rows)
        for name, body in history.answers.items():
            self.answer(name, body)
        return self

    def _append(self, name: str, line: Row) -> None:
        with (self.folder / f"{name}.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def read(folder: Path) -> History:
    """A call, message or fault file that is not there is an error: what was not written down cannot be judged."""
    return History(
        run=_run(json.loads((folder / "run.json").read_text())),
        calls=tuple(Call(**line) for line in _lines(folder / "calls.jsonl")),
        received=tuple(_received(line) for line in _lines(folder / "received.jsonl")),
        faults=tuple(Fault(**line) for line in _lines(folder / "faults.jsonl")),
        records=tuple(_record(line) for line in _lines(folder / "records.jsonl")),
        tables={place.stem: tuple(_lines(place)) for place in sorted((folder / "tables").glob("*.jsonl"))},
        answers={place.stem: json.loads(place.read_text()) for place in sorted((folder / "answers").glob("*.json"))},
    )


def write_lines(place: Path, lines: Iterable[Row]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def record_line(record: Record) -> Row:
    line = asdict(record)
    value = line.pop("value")
    return line | {"value_b64": None if value is None else base64.b64encode(value).decode()}


def _lines(place: Path) -> Iterator[Row]:
    """A last line without its end was cut off by a kill; any other that is broken is an error."""
    with place.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                yield json.loads(line)


def _run(line: Row) -> Run:
    people = {name: tuple(Receiver(**one) for one in line.get(name, ())) for name in ("workers", "desks")}
    return Run(**(line | people | {"planted": tuple(line.get("planted", ()))}))


def _received(line: Row) -> Received:
    body = base64.b64decode(line["body_b64"])
    return Received(line["at"], line["receiver"], line["headers"], body, line["answered"])


def _record(line: Row) -> Record:
    encoded = line.pop("value_b64")
    return Record(**line, value=None if encoded is None else base64.b64decode(encoded))
