"""The run's own record is sound: what was not written down properly cannot prove anything.

No line is there twice, outcomes are what the statuses say, every service was dumped, and at about the same time.
"""

import json
from collections import Counter
from collections.abc import Iterable

from shared.contracts.topics import SERVICES, created_by
from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import Evidence, seconds
from tests.chaos.history import Call

NAME = "the_record_is_sound"
AROUND_S = 600.0
_KEYS = {
    "alerts.dispatches": ("incident_id",),
    "alerts.delivery_attempts": ("delivery_id", "number"),
    "intake.responses": ("incident_id",),
    "casework.incidents": ("incident_id",),
    "casework.follow_ups": ("follow_up_id",),
}


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    _once(verdict, "call", (call.id for call in evidence.history.calls))
    for call in evidence.history.calls:
        verdict.demand(_outcome(call) == call.outcome, "an outcome is not what the status says", call.id)
        ended = call.ended_at is None or call.invoked_at <= call.ended_at
        last = evidence.run.ended_at + AROUND_S
        within = evidence.run.began_at - AROUND_S <= call.invoked_at <= (call.ended_at or call.invoked_at) <= last
        verdict.demand(ended and within, "a call was not made in this run", call.id)
    for table, rows in evidence.history.tables.items():
        columns = _KEYS.get(table, ("id",) if rows and "id" in rows[0] else ())
        _once(verdict, table, (json.dumps([row[name] for name in columns] or row, sort_keys=True) for row in rows))
    _dumped(evidence, verdict)
    places = {record.place for record in evidence.history.records}
    for place in evidence.run.planted:
        verdict.demand(place in places, "what the run planted is not on its topic", place)
    partitions = {name: count for service in SERVICES for name, count in created_by(service).items()}
    for record in evidence.history.records:
        known = record.partition < partitions.get(record.topic, 0)
        verdict.demand(known, "a record is on a topic or partition that does not exist", record.place)
    return verdict


def _once(verdict: Verdict, what: str, names: Iterable[str]) -> None:
    for name, times in Counter(names).items():
        verdict.demand(times == 1, f"a line of {what} is there {times} times", name)


def _outcome(call: Call) -> str:
    if call.status is None or call.status >= 500:
        return "info"
    return "ok" if 200 <= call.status < 300 else "fail"


def _dumped(evidence: Evidence, verdict: Verdict) -> None:
    """Every service has a clock, and no dump was made long after another or before the faults were over."""
    for service in SERVICES:
        clocks = evidence.rows(f"{service}.clock")
        verdict.demand(len(clocks) == 1, "a service was not dumped", service)
        for row in clocks:
            since = seconds(row["at"]) - evidence.run.healed_at
            late = 0 <= since + 1 <= AROUND_S and 0 <= seconds(row["app_now"]) - evidence.run.healed_at + 1 <= AROUND_S
            verdict.demand(late, "a service was not dumped just after the run had healed", service)
