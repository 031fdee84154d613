"""What a transaction wrote to the outbox was published, whole and at least once; nothing else was.

The order is that of the outbox: of one root, a row is never first seen on the topic before an earlier one.
"""

import json
from collections import defaultdict

from shared.contracts.topics import SERVICES
from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import Evidence, seconds
from tests.chaos.history import Record, Row

NAME = "what_was_written_was_published"


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    planted = set(evidence.run.planted)
    published: dict[str, list[Record]] = defaultdict(list)
    for record in evidence.history.records:
        if record.place not in planted:
            published[record.headers.get("ce_id") or record.key or record.place].append(record)
    known: set[str] = set()
    for service in SERVICES:
        rows = sorted(evidence.rows(f"{service}.outbox"), key=lambda row: row["id"])
        last: dict[tuple[str, str], int] = {}
        for row in rows:
            known.add(row["event_id"])
            records = published.get(row["event_id"], [])
            _row(verdict, service, row, records)
            if records:
                first = min(record.offset for record in records)
                at = (row["topic"], row["key"])
                verdict.demand(
                    last.get(at, -1) < first, "published before what was written earlier", service, row["id"]
                )
                last[at] = first
    for event, records in published.items():
        verdict.demand(event in known, "a record nobody wrote to an outbox", event, records[0].place)
    return verdict


def _row(verdict: Verdict, service: str, row: Row, records: list[Record]) -> None:
    where = (service, row["id"], row["event_id"])
    if row["set_aside_at"] is None:
        verdict.demand(records, "an event was written and never published", *where)
        marked = row["published_at"] is not None
        verdict.demand(marked or not records, "an event was published and is not marked", *where)
    true = [record.headers["ce_time"] for record in records if "ce_time" in record.headers][:1]
    times = [seconds(time) for time in (*true, row["created_at"], row["published_at"]) if time is not None]
    verdict.demand(times == sorted(times), "an event was published before it was true", *where)
    value = bytes.fromhex(row["value"].removeprefix("\\x"))
    headers = row["headers"] if isinstance(row["headers"], dict) else json.loads(row["headers"])
    for record in records:
        same = (record.topic, record.key, record.value or b"") == (row["topic"], row["key"], value)
        verdict.demand(same, "an event was published otherwise than it was written", *where, record.place)
        kept = all(record.headers.get(name) == text for name, text in headers.items())
        verdict.demand(kept, "an event was published with other headers", *where, record.place)
