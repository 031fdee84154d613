"""Each activated incident has exactly one decision stream, and it ends: somebody has it, or the desk was paged.

A dispatch that is still open at the end must have somebody asked whose time is not over. One that was stood down or
closed has its reason in the incident; one whose activation came too late has an alarm.
"""

from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import HOLDS_ROLE, LIVE, Evidence, seconds
from tests.chaos.history import Row

NAME = "each_activation_has_one_decision"
# An acknowledgement and a new exhaustion may cross: both tell the time at which they began.
CROSSING_S = 5.0
_ENDED_BY = {"closed": ("closed",), "stood_down": ("screened_out", "merged")}


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    streams, rows = evidence.streams["alerts.dispatches"], evidence.by("alerts.dispatches", "incident_id")
    activated = {event.root for event in evidence.events("intake.incidents", "incident.activated")}
    for incident in sorted(activated):
        opened = [event for event in streams.get(incident, ()) if event.word == "dispatch.opened"]
        verdict.demand(len(opened) == 1, "an activated incident has not one dispatch", incident)
        verdict.demand(opened and opened[0].version == 1, "a dispatch does not begin by being opened", incident)
        if incident in rows:
            verdict.demand(_has_ended(evidence, rows[incident]), "a dispatch has no end and asks nobody", incident)
    verdict.expect(set(rows) == activated, "there are dispatches of what was not activated, or none of what was")
    verdict.expect(set(streams) == set(rows), "the log's dispatches are not the kept ones")
    _every_exhaustion_was_paged(evidence, verdict)
    return verdict


def _has_ended(evidence: Evidence, dispatch: Row) -> bool:
    match dispatch["state"]:
        case "staffed":
            return _is_staffed(evidence, dispatch)
        case "exhausted":
            return _is_paged(evidence, dispatch)
        case "open":
            return _is_asking(evidence, dispatch)
        case state:
            return _has_reason(evidence, dispatch, state)


def _is_staffed(evidence: Evidence, dispatch: Row) -> bool:
    held = [
        one["role"]
        for one in evidence.rows("alerts.assignments")
        if one["incident_id"] == dispatch["incident_id"] and one["state"] in HOLDS_ROLE
    ]
    return all(held.count(role) >= wanted for role, wanted in dispatch["policy"]["roles"].items())


def _is_asking(evidence: Evidence, dispatch: Row) -> bool:
    now = seconds(evidence.rows("alerts.clock")[0]["app_now"])
    live = [
        one
        for one in evidence.rows("alerts.offers")
        if one["incident_id"] == dispatch["incident_id"] and one["state"] in LIVE
    ]
    return any(seconds(one["accept_by"]) > now for one in live)


def _is_paged(evidence: Evidence, dispatch: Row) -> bool:
    """A page that is not cleared, and a message about it that somebody got or that is still tried."""
    sent = {row["page_id"] for row in evidence.rows("alerts.deliveries") if row["state"] in ("delivered", "pending")}
    sent |= {row["page_id"] for row in evidence.rows("alerts.deliveries") if row["state"] == "retry_scheduled"}
    pages = [
        page
        for page in evidence.rows("alerts.pages")
        if page["kind"] == "exhausted" and page["incident_id"] == dispatch["incident_id"]
    ]
    return any(page["state"] in ("open", "acknowledged") and page["id"] in sent for page in pages)


def _has_reason(evidence: Evidence, dispatch: Row, state: str) -> bool:
    incident = evidence.by("intake.incidents", "id").get(dispatch["incident_id"], {})
    late = any(
        row["alarm"] == "late_activation" and row["subject"] == dispatch["incident_id"]
        for row in evidence.rows("alerts.alarms")
    )
    return late or incident.get("state") in _ENDED_BY.get(state, ())


def _every_exhaustion_was_paged(evidence: Evidence, verdict: Verdict) -> None:
    pages = evidence.grouped("alerts.pages", "kind", "subject")
    policies = {row["incident_id"]: row["policy"] for row in evidence.rows("alerts.dispatches")}
    for (kind, incident), rows in pages.items():
        every_s = policies.get(incident, {}).get("page_repeat_s")
        right = kind != "exhausted" or all(row["repeat_s"] == every_s for row in rows)
        verdict.expect(right, "a page is repeated otherwise than the policy wants", incident)
    for event in evidence.events("alerts.dispatches", "dispatch.exhausted"):
        at = seconds(event.at)
        spare = CROSSING_S + evidence.slack(at - 60, at + 60)
        paged = any(
            seconds(page["raised_at"]) <= at + spare
            and (page["settled_at"] is None or seconds(page["settled_at"]) >= at - spare)
            for page in pages.get(("exhausted", event.root), ())
        )
        verdict.demand(paged, "a dispatch was exhausted and nobody was paged", event.root, event.record.place)
