"""Versions per root are 1, 2, 3 … in offset order once repeats are dropped; the same version has the same bytes.

A root lives in one partition, under its own key, and every record is an event of the contracts, told alike by its
headers and its body.
"""

from collections import defaultdict
from functools import lru_cache

from pydantic import ValidationError

from shared.contracts.event import Event
from shared.contracts.registry import EVENTS
from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import Evidence, Logged

NAME = "versions_follow_each_other"


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    highest: dict[tuple[str, str], int] = defaultdict(int)
    first: dict[tuple[str, str, int], Logged] = {}
    homes: dict[tuple[str, str], int] = {}
    for event in evidence.logged:
        record = event.record
        _is_event(verdict, event)
        root = (record.topic, event.root)
        home = homes.setdefault(root, record.partition)
        verdict.demand(home == record.partition, "one root is in two partitions", event.root, record.place)
        known = first.setdefault((*root, event.version), event)
        same = (known.record.value, known.id, known.kind) == (record.value, event.id, event.kind)
        verdict.demand(same, "one version was said in two ways", event.root, known.record.place, record.place)
        follows = event.version <= highest[root] + 1
        verdict.demand(follows, "a version is missing before this one", event.root, record.place)
        highest[root] = max(highest[root], event.version)
    _whole(evidence, verdict)
    return verdict


def _is_event(verdict: Verdict, event: Logged) -> None:
    """Headers and body are those of a known type, and agree with each other and with the key."""
    known, place = EVENTS.get(event.kind), event.record.place
    verdict.demand(known is not None, "a record is of no known type", place, event.kind)
    if known is None:
        return
    said = _said(known, event.record.value or b"")
    if said is None:
        verdict.demand(False, "a record's body is not its type's", place)
        return
    agree = (said.root, said.root_version, said.TOPIC.name) == (event.root, event.version, event.record.topic)
    verdict.demand(agree, "headers and body tell of different things", place)
    verdict.demand(event.record.key == event.root, "a record's key is not its root", place)
    timed = event.record.headers.get("ce_time") == said.at.isoformat()
    verdict.demand(timed, "headers and body tell different times", place)
    source = event.record.headers.get("ce_source")
    verdict.demand(source == f"/truce/{said.publisher}", "a record is of another publisher", place)


@lru_cache(maxsize=1024)
def _said(known: type[Event], value: bytes) -> Event | None:
    try:
        return known.model_validate_json(value)
    except ValidationError:
        return None


def _whole(evidence: Evidence, verdict: Verdict) -> None:
    """No offset is missing in what was dumped: all topics keep everything."""
    offsets: dict[tuple[str, int], set[int]] = defaultdict(set)
    counts: dict[tuple[str, int], int] = defaultdict(int)
    for record in evidence.history.records:
        at = (record.topic, record.partition)
        offsets[at].add(record.offset)
        counts[at] += 1
    for at, found in offsets.items():
        whole = found == set(range(len(found))) and counts[at] == len(found)
        verdict.demand(whole, "offsets are missing or there twice", *at)
