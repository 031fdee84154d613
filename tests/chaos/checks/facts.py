"""Reporting's facts are the newest snapshots, each part once; its counts are the log's, each version once.

A count is not idempotent: an event applied twice, or not at all, shows here and nowhere else.
"""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from tests.chaos.checks.owners import same
from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import Evidence, Logged, seconds
from tests.chaos.history import Row

NAME = "reporting_counts_each_event_once"
_QUARTER_S = 900
_ROOTS = (
    ("incident_facts", "intake.incidents", "incident_id"),
    ("dispatch_facts", "alerts.dispatches", "incident_id"),
    ("case_facts", "casework.cases", "case_id"),
    ("worker_dimension", "alerts.workers", "worker_id"),
    ("organization_dimension", "alerts.organizations", "organization_id"),
)
_PARTS = (
    ("offer_facts", "alerts.dispatches", "offers", "offer_id"),
    ("assignment_facts", "alerts.dispatches", "assignments", "assignment_id"),
    ("handoff_facts", "casework.cases", "handoffs", "handoff_id"),
)
_OF_ROOT = ("version", "community", "exercise", "incident_id", "case_id")
_FIRSTS = (
    ("first_attempt_at", "offers", "first_attempt_at"),
    ("acknowledged_at", "offers", "acknowledged_at"),
    ("accepted_at", "assignments", "accepted_at"),
    ("on_scene_at", "assignments", "on_scene_at"),
)


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    for table, topic, key in _ROOTS:
        told = {root: _root(one) for root, one in evidence.newest(topic).items()}
        _facts(evidence, verdict, table, key, told)
    for table, topic, parts, key in _PARTS:
        roots = evidence.newest(topic).values()
        _facts(
            evidence, verdict, table, key, {one[key]: _part(root, one) for root in roots for one in root.get(parts, ())}
        )
    _alarms(evidence, verdict)
    _counts(evidence, verdict)
    return verdict


def _root(snapshot: Row) -> Row:
    """Of a dispatch the earliest of each moment, and its triage; the community by its id."""
    near, triage = snapshot.get("community"), snapshot.get("triage") or {}
    firsts = {
        name: min((one[of] for one in snapshot[part] if of in one), key=seconds, default=None)
        for name, part, of in _FIRSTS
        if part in snapshot
    }
    firsts |= {f"triage_{name}": triage.get(name) for name in ("state", "due_at", "held_at")}
    return snapshot | firsts | {"community": near["area_id"] if isinstance(near, dict) else near}


def _part(root: Row, part: Row) -> Row:
    return part | {name: root.get(name) for name in _OF_ROOT}


def _facts(evidence: Evidence, verdict: Verdict, table: str, key: str, told: dict[str, Row]) -> None:
    rows = evidence.grouped(f"reporting.{table}", key)
    strange = sorted(rows.keys() ^ told.keys())
    verdict.expect(not strange, f"{table}: not those that were told", *strange)
    for name in rows.keys() & told.keys():
        found = rows[name]
        verdict.demand(len(found) == 1, f"{table}: there twice", name)
        differ = [column for column in found[0] if not same(found[0][column], told[name].get(column), column)]
        verdict.demand(not differ, f"{table}: {', '.join(differ)} is not what was told", name)


def _alarms(evidence: Evidence, verdict: Verdict) -> None:
    told = {(event.root, event.version): event for event in evidence.events("operations.alarms")}
    rows = {
        (f"{row['service']}/{row['alarm']}/{row['subject']}", row["version"]): row
        for row in evidence.rows("reporting.alarm_facts")
    }
    verdict.expect(rows.keys() == told.keys(), "alarm_facts: not those that were told")
    for key in rows.keys() & told.keys():
        state = told[key].snapshot["state"]
        verdict.demand(rows[key]["state"] == state, "alarm_facts: another state than was told", *key)


def _counts(evidence: Evidence, verdict: Verdict) -> None:
    told = Counter(_counted(event) for stream in evidence.streams.values() for one in stream.values() for event in one)
    kept: Counter[tuple[Any, ...]] = Counter()
    for row in evidence.rows("reporting.event_counts"):
        quarter = datetime.fromisoformat(row["quarter_hour"]).astimezone(UTC)
        kept[quarter, row["topic"], row["type"], row["exercise"]] += row["count"]
    for key in told.keys() | kept.keys():
        verdict.demand(
            told[key] == kept[key], f"{key[2]} was told {told[key]} times and counted {kept[key]} times", key[0]
        )


def _counted(event: Logged) -> tuple[Any, ...]:
    at = datetime.fromisoformat(event.at).timestamp()
    quarter = datetime.fromtimestamp(at - at % _QUARTER_S, UTC)
    return quarter, event.record.topic, event.kind, bool(event.snapshot.get("exercise", False))
