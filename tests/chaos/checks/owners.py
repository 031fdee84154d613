"""What an owner keeps is what it told: each row of intake and alerts is its root's newest snapshot.

A row without its event, or an event without its row, is a transaction that was half done.
"""

from collections.abc import Iterable
from typing import Any

from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import Evidence, same_instant, seconds
from tests.chaos.history import Row
from tests.chaos.rankings import left_out

NAME = "rows_are_what_was_told"
_INCIDENT = (
    *("version", "state", "kind", "occurred_at", "occurred_precision", "reported_at", "opened_at", "activated_at"),
    *("ward", "cluster", "injured", "killed", "weapon", "relationship", "juvenile_involved"),
    *("believed_group_related", "active_threat", "exercise", "screened_out_reason", "route", "report_count", "sources"),
    *("verification", "rumour", "scene_status", "restricted", "merged_into"),
)
_DISPATCH = ("version", "state", "community", "activated_at", "opened_at", "closed_at", "exhausted_count")
_OFFER = (
    *("role", "interrupter_id", "tier", "state", "made_at", "delivered_at", "acknowledged_at", "settled_at"),
    "decline_reason",
)
_ASSIGNMENT = ("offer_id", "role", "interrupter_id", "state", "accepted_at", "en_route_at", "on_scene_at")
_WORKER = ("version", "organization_id", "call_sign", "roles", "team_community", "floater", "active", "on_duty")
# How an assignment ends without having been done.
_FREED = ("stood_down", "given_back")


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    incidents = evidence.newest("intake.incidents")
    _compare(verdict, "intake.incidents", evidence.by("intake.incidents", "id"), incidents, _INCIDENT)
    for row in evidence.rows("intake.incidents"):
        place = incidents.get(row["id"], {}).get("place", {})
        verdict.demand((place.get("lat"), place.get("lon")) == (row["lat"], row["lon"]), "it moved", row["id"])
        near = (incidents.get(row["id"], {}).get("community") or {}).get("area_id")
        verdict.demand(near == row["community"], "an incident is of another community", row["id"])
    dispatches = evidence.newest("alerts.dispatches")
    _compare(verdict, "alerts.dispatches", evidence.by("alerts.dispatches", "incident_id"), dispatches, _DISPATCH)
    offers = {one["offer_id"]: one for root in dispatches.values() for one in root.get("offers", ())}
    _compare(verdict, "alerts.offers", evidence.by("alerts.offers", "id"), offers, _OFFER)
    for row in (*evidence.rows("alerts.offers"), *evidence.rows("alerts.assignments")):
        drill = dispatches.get(row["incident_id"], {}).get("exercise")
        verdict.demand(row["exercise"] is drill, "work is at a drill that is none, or the other way round", row["id"])
    held = {one["assignment_id"]: one for root in dispatches.values() for one in root.get("assignments", ())}
    _compare(verdict, "alerts.assignments", evidence.by("alerts.assignments", "id"), held, _ASSIGNMENT)
    workers = evidence.newest("alerts.workers")
    _compare(verdict, "alerts.interrupters", evidence.by("alerts.interrupters", "id"), workers, _WORKER)
    _terms(
        evidence, verdict, "alerts.licences", "interrupter_id", {w: one.get("licences") for w, one in workers.items()}
    )
    covering = {name: one.get("coverage") for name, one in evidence.newest("alerts.organizations").items()}
    _terms(evidence, verdict, "alerts.coverage", "organization_id", covering)
    _deadlines(verdict, evidence.by("alerts.offers", "id"), offers)
    _rankings(evidence, verdict)
    _moments(evidence, verdict)
    return verdict


def _terms(evidence: Evidence, verdict: Verdict, table: str, owner: str, told: dict[str, Any]) -> None:
    """Licences and coverage: community, from, until."""
    kept = {(row[owner], row["community"], row["from_day"], row["until_day"]) for row in evidence.rows(table)}
    wanted = {
        (name, one["community"], one["from_day"], one.get("until_day"))
        for name, all_ in told.items()
        for one in all_ or ()
    }
    verdict.expect(kept == wanted, f"{table} are not those that were told", *sorted(map(str, kept ^ wanted)))


def _deadlines(verdict: Verdict, rows: dict[str, Row], told: dict[str, Row]) -> None:
    """As they were told; later only for somebody whose message lay for longer than the policy waits for a phone."""
    for offer in rows.keys() & told.keys():
        row, one = rows[offer], told[offer]
        first = row["first_attempt_at"]
        lay = first is not None and seconds(first) > seconds(row["undelivered_by"])
        for name in ("acknowledge_by", "accept_by"):
            later = seconds(row[name]) > seconds(one[name]) and lay
            verdict.demand(later or same(row[name], one[name], name), f"{name} is not what was told", offer)
        known = "first_attempt_at" not in one or same(one["first_attempt_at"], first, "first_attempt_at")
        verdict.demand(known, "the first attempt is not what was told", offer)


def _moments(evidence: Evidence, verdict: Verdict) -> None:
    """What no snapshot carries, from the event that brought it about."""
    for worker, row in evidence.by("alerts.interrupters", "id").items():
        told = evidence.streams["alerts.workers"].get(worker, ())
        came = [event.at for event in told if event.word != "worker.changed" and event.snapshot["on_duty"]]
        known = not came or same(row["available_since"], came[-1], "_at")
        verdict.demand(known, "somebody is available since another time than was told", worker)
    freed = [one for word in _FREED for one in evidence.events("alerts.dispatches", f"assignment.{word}")]
    ended = {event.body["assignment_id"]: event.at for event in freed}
    for name, row in evidence.by("alerts.assignments", "id").items():
        right = row["state"] != "stood_down" or same(row["ended_at"], ended.get(name), "_at")
        verdict.demand(right, "an assignment ended at another time than was told", name)


def _rankings(evidence: Evidence, verdict: Verdict) -> None:
    """Each ranking that was kept was told, as far as an event has room; the step at which somebody is asked is not."""
    kept = {(row["incident_id"], row["role"], seconds(row["at"])): row for row in evidence.rows("alerts.rankings")}
    told = {
        (event.root, event.body["role"], seconds(event.at)): event.body
        for event in evidence.events("alerts.dispatches", "dispatch.ranked")
    }
    verdict.expect(kept.keys() == told.keys(), "rankings are not those that were told")
    for key in kept.keys() & told.keys():
        ranked = [{name: one[name] for name in one if name != "step"} for one in kept[key]["ranked"]]
        for part, people, most in (("ranked", ranked, 50), ("left_out", left_out(kept[key]), 200)):
            alike = people[:most] == told[key][part][:most]
            verdict.demand(alike, f"a ranking's {part} is not what was told", kept[key]["id"])


def _compare(verdict: Verdict, table: str, rows: dict[str, Row], told: dict[str, Row], columns: Iterable[str]) -> None:
    verdict.expect(
        rows.keys() == told.keys(), f"{table} are not those that were told", *sorted(rows.keys() ^ told.keys())
    )
    for key in rows.keys() & told.keys():
        differ = [name for name in columns if not same(rows[key].get(name), told[key].get(name), name)]
        verdict.demand(not differ, f"a row of {table} is not what was told: {', '.join(differ)}", key)


def same(kept: object, told: object, name: str) -> bool:
    if name.endswith(("_at", "_by")) and isinstance(kept, str) and isinstance(told, str):
        return same_instant(kept, told)
    return kept == told
