"""Casework opened each follow-up that the rules ask for once per incident, and none that they do not.

The rules are read as the programme loaded them; who qualifies is counted again here over all versions of an incident.
"""

from collections import Counter

from tests.chaos.checks.owners import same
from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import Evidence, Logged, seconds
from tests.chaos.history import Row

NAME = "follow_ups_are_opened_once"
_OVER = frozenset({"screened_out", "merged"})


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    rules = _rules(evidence)
    rows = Counter((row["incident_id"], row["kind"]) for row in evidence.rows("casework.follow_ups"))
    expected: set[tuple[str, str]] = set()
    over: set[str] = set()
    for incident, stream in evidence.streams["intake.incidents"].items():
        expected |= {(incident, kind) for event in stream for kind in _asked(rules, event)}
        if stream[-1].snapshot["state"] in _OVER:
            over.add(incident)
    for key in rows.keys() | expected:
        wanted = int(key in expected)
        verdict.demand(rows[key] == wanted, f"a follow-up is there {rows[key]} times instead of {wanted}", *key)
    for row in evidence.rows("casework.follow_ups"):
        states = ("withdrawn", "completed") if row["incident_id"] in over else ("open", "completed")
        right = row["state"] in states
        verdict.demand(right, "a follow-up is withdrawn without cause, or stands without one", row["follow_up_id"])
    _projection(evidence, verdict)
    return verdict


def _rules(evidence: Evidence) -> Row:
    newest = max(evidence.rows("casework.programmes"), key=lambda row: row["version"])
    rules: Row = newest["rules"]
    return rules


def _asked(rules: Row, event: Logged) -> list[str]:
    incident = event.snapshot
    if incident["state"] in ("reported", "verified"):
        return [kind for kind, rule in rules.items() if _owed_without_response(rule, event)]
    if incident["state"] not in ("activated", "closed"):
        return []
    closed = incident["state"] == "closed"
    return [
        kind
        for kind, rule in rules.items()
        if not (closed and rule["on"] == "activated") and _qualifies(rule, incident)
    ]


def _owed_without_response(rule: Row, event: Logged) -> bool:
    also, incident = rule.get("also_unactivated"), event.snapshot
    if also is None or incident["kind"] not in also["kinds"] or incident["exercise"] or incident.get("rumour"):
        return False
    recent = seconds(event.at) - seconds(incident["occurred_at"]) <= also["max_age_s"]
    return recent and incident.get("verification") != "unverified" and _qualifies(rule, incident)


def _qualifies(rule: Row, incident: Row) -> bool:
    conditions = rule.get("when_any") or []
    return not conditions or any(
        incident["kind"] in one["kinds"]
        and (not one.get("and_any") or any(incident.get(fact) for fact in one["and_any"]))
        for one in conditions
    )


def _projection(evidence: Evidence, verdict: Verdict) -> None:
    """What casework knows of incidents is what was told last."""
    told = evidence.newest("intake.incidents")
    rows = evidence.by("casework.incidents", "incident_id")
    verdict.expect(rows.keys() == told.keys(), "casework knows other incidents", *sorted(rows.keys() ^ told.keys()))
    for incident in rows.keys() & told.keys():
        names = ("version", "state", "kind", "exercise", "activated_at")
        alike = all(same(rows[incident][name], told[incident].get(name), name) for name in names)
        verdict.demand(alike, "casework's incident is not what was told last", incident)
