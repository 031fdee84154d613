"""Each acknowledged report has exactly one incident effect; one whose answer never came has at most one.

The effect of a report is its row and its one event (`opened` or `corroborated`). One reference of one source, and one
Idempotency-Key, is one incident, however often it was said. Nothing is there that nobody reported.
"""

from collections import Counter, defaultdict

from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import Evidence
from tests.chaos.history import Call

NAME = "each_report_has_one_incident"


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    told = _effects(evidence)
    _acknowledged(evidence, verdict, told)
    _one_incident_each(evidence, verdict)
    _nothing_from_nowhere(evidence, verdict, told)
    return verdict


def _effects(evidence: Evidence) -> Counter[tuple[str, str]]:
    """(report, incident) → how many events tell of it."""
    words = ("incident.opened", "incident.corroborated")
    events = (event for event in evidence.events("intake.incidents") if event.word in words)
    return Counter((event.body["report_id"], event.root) for event in events)


def _acknowledged(evidence: Evidence, verdict: Verdict, told: Counter[tuple[str, str]]) -> None:
    rows, incidents = evidence.by("intake.reports", "id"), evidence.by("intake.incidents", "id")
    keys = {
        (row["principal"], row["key"]): row
        for row in evidence.rows("intake.idempotency_keys")
        if row["route"] == "POST /v1/reports"
    }
    for call in evidence.calls("report"):
        result = call.result or {}
        report, incident = result.get("report_id", ""), result.get("incident_id", "")
        row = rows.get(report, {})
        verdict.demand(row.get("incident_id") == incident, "an acknowledged report is not kept", call.id, report)
        verdict.demand(incident in incidents, "an acknowledged report has no incident", call.id, incident)
        verdict.demand(told[report, incident] == 1, "an acknowledged report has not one event", call.id, report)
        verdict.demand(_is_as_sent(row, call), "a report is not kept as it was sent", call.id, report)
        verdict.demand(row.get("source") == call.actor, "a report is kept as somebody else's", call.id, report)
        verdict.demand(call.incident_id in (None, incident), "a report was answered for another incident", call.id)
        kept = keys.get((call.actor, call.key), {"response": result})["response"]
        same = (call.actor, call.key) in keys and (kept["report_id"], kept["incident_id"]) == (report, incident)
        same = same and keys[call.actor, call.key]["status"] == call.status
        verdict.demand(same or call.key is None, "an answer is not kept under its key", call.id, str(call.key))


def _is_as_sent(row: dict[str, object], call: Call) -> bool:
    kept = row.get("body")
    return isinstance(kept, dict) and all(kept.get(name) == value for name, value in (call.body or {}).items())


def _one_incident_each(evidence: Evidence, verdict: Verdict) -> None:
    for call, named in _names(evidence).items():
        verdict.demand(len(named) == 1, "what was said once is several incidents", *call, *sorted(named))
    kept = evidence.grouped("intake.incidents", "source", "source_ref")
    for (source, reference), rows in kept.items():
        one = reference is None or len(rows) == 1
        verdict.demand(one, "one reference of one source is several incidents", source, reference)


def _names(evidence: Evidence) -> dict[tuple[str, str, str], set[str]]:
    """What names a report (actor, and key or reference) → the incidents it was answered with."""
    found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for call in evidence.calls("report"):
        incident = str((call.result or {}).get("incident_id"))
        reference = (call.body or {}).get("source_ref")
        for kind, name in (("key", call.key), ("source_ref", reference)):
            if name is not None:
                found[call.actor, kind, name].add(incident)
    return found


def _nothing_from_nowhere(evidence: Evidence, verdict: Verdict, told: Counter[tuple[str, str]]) -> None:
    reports = evidence.rows("intake.reports")
    tried: dict[object, list[Call]] = defaultdict(list)
    for call in evidence.calls("report", outcomes=("ok", "info")):
        tried[(call.body or {}).get("source_ref")].append(call)
    incidents = evidence.by("intake.incidents", "id")
    for row in reports:
        asked_for = any(_is_as_sent(row, call) and call.actor == row["source"] for call in tried[row["source_ref"]])
        of = incidents.get(row["incident_id"], {})
        alike = (row["source"], row["source_ref"]) == (of.get("source"), of.get("source_ref"))
        verdict.demand(alike, "a report and its incident are of different sources", row["id"])
        verdict.demand(asked_for, "a report is kept that nobody sent", row["id"], row["source_ref"])
        verdict.demand(told[row["id"], row["incident_id"]] == 1, "a kept report has not one event", row["id"])
    contents = {(row["source"], row["source_ref"], row["content_sha256"]) for row in reports if row["source_ref"]}
    named = [row for row in reports if row["source_ref"]]
    verdict.expect(len(contents) == len(named), "the same content of one reference is kept twice")
    supported = Counter(row["incident_id"] for row in reports)
    for incident in evidence.rows("intake.incidents"):
        verdict.demand(
            supported[incident["id"]] == incident["report_count"], "reports and count differ", incident["id"]
        )
    verdict.expect(
        {incident for _, incident in told} == {row["id"] for row in evidence.rows("intake.incidents")},
        "the log's incidents are not the kept ones",
    )
