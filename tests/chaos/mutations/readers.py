"""What the consumers made of a city's log, as tables: the newest snapshot of each root, and one count per event."""

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.contracts.topics import SERVICES, TOPICS, consumed_by
from tests.chaos.history import Record, Row
from tests.chaos.mutations.city import City, iso

RULES: Row = {
    "triage": {"on": "activated", "due_within_s": 86400},
    "fss_referral": {
        "on": "activated_or_reclassified",
        "due_within_s": 86400,
        "when_any": [{"kinds": ["homicide"]}, {"kinds": ["shooting"], "and_any": ["juvenile_involved"]}],
    },
}
_FACTS = ("state", "kind", "occurred_at", "opened_at", "activated_at", "injured", "screened_out_reason", "exercise")
_TIMES = ("en_route_at", "on_scene_at", "cleared_at")


def read_all(city: City) -> None:
    """Fills the tables of all consumers, and what intake keeps of its own incidents."""
    seen = [record for record in city.records if record.headers.get("ce_subject")]
    newest: dict[str, dict[str, Row]] = defaultdict(dict)
    for record in seen:
        body, root = json.loads(record.value or b""), record.headers["ce_subject"]
        one = next(one for one in body.values() if isinstance(one, dict) and "version" in one)
        if one["version"] > newest[record.topic].get(root, {"version": 0})["version"]:
            newest[record.topic][root] = one
    _marks(city, newest)
    _intake(city, newest)
    _casework(city, newest["intake.incidents"])
    _reporting(city, newest)
    _counts(city, seen)
    for row in city.rows["alerts.dispatches"]:  # every ten seconds until somebody can be asked
        row["reconsider_at"] = iso(city.at + timedelta(seconds=4)) if row["state"] == "exhausted" else None
    for service in SERVICES:
        city.rows[f"{service}.clock"] = [{"at": iso(city.at), "app_now": iso(city.at)}]


def _marks(city: City, newest: dict[str, dict[str, Row]]) -> None:
    ends = Counter((record.topic, record.partition) for record in city.records)
    for service in SERVICES:
        topics = {topic.name for topic in consumed_by(service)}
        city.rows[f"{service}.applied"] = [
            {"topic": topic, "root": root, "version": one["version"]}
            for topic in sorted(topics)
            for root, one in newest[topic].items()
        ]
        city.rows[f"{service}.consumer_positions"] = [
            {"topic": topic, "partition": partition, "next_offset": end}
            for (topic, partition), end in ends.items()
            if topic in topics
        ]


def _intake(city: City, newest: dict[str, dict[str, Row]]) -> None:
    references = {row["incident_id"]: row["source_ref"] for row in city.rows["intake.reports"]}
    for incident, one in newest["intake.incidents"].items():
        kept = {name: value for name, value in one.items() if name not in ("incident_id", "place", "community")}
        source = {"source": "feed", "source_ref": references[incident], "community": one["community"]["area_id"]}
        city.rows["intake.incidents"].append({"id": incident} | one["place"] | kept | source)
    for incident, one in newest["alerts.dispatches"].items():
        offers, held = one["offers"], one["assignments"]
        standing = [each for each in held if each["state"] != "stood_down"]
        city.rows["intake.responses"].append(
            {
                "incident_id": incident,
                "version": one["version"],
                "dispatch_state": one["state"],
                "opened_at": one["opened_at"],
                "closed_at": one.get("closed_at"),
                "exhausted_count": one["exhausted_count"],
                "offers": len(offers),
                "accepted": len(standing),
                "on_scene": sum("on_scene_at" in each for each in standing),
                "first_attempt_at": _first(offers, "first_attempt_at"),
                "first_acknowledged_at": _first(offers, "acknowledged_at"),
                "first_accepted_at": _first(held, "accepted_at"),
                "first_on_scene_at": _first(held, "on_scene_at"),
            }
        )


def _first(parts: list[Row], name: str) -> Any:
    return min((one[name] for one in parts if name in one), default=None)


def _casework(city: City, incidents: dict[str, Row]) -> None:
    city.rows["casework.programmes"] = [{"version": 1, "rules": RULES}]
    for incident, one in incidents.items():
        told = {name: one.get(name) for name in ("version", "state", "kind", "exercise", "activated_at")}
        city.rows["casework.incidents"].append({"incident_id": incident} | told)
        if "activated_at" not in one:
            continue
        referred = one["kind"] == "homicide" or one.get("juvenile_involved")
        state = "withdrawn" if one["state"] == "screened_out" else "open"
        for kind in ("triage", "fss_referral") if referred else ("triage",):
            row = {"follow_up_id": city.id(), "incident_id": incident, "kind": kind, "state": state}
            city.rows["casework.follow_ups"].append(row)


def _reporting(city: City, newest: dict[str, dict[str, Row]]) -> None:
    rows = city.rows
    for incident, one in newest["intake.incidents"].items():
        fact = {"incident_id": incident, "version": one["version"], "community": one["community"]["area_id"]}
        rows["reporting.incident_facts"].append(fact | {name: one.get(name) for name in _FACTS})
    for incident, one in newest["alerts.dispatches"].items():
        fact = {name: one.get(name) for name in ("version", "state", "opened_at", "closed_at", "exhausted_count")}
        rows["reporting.dispatch_facts"].append({"incident_id": incident} | fact)
        about = {"incident_id": incident, "version": one["version"]}
        for offer in one["offers"]:
            told = ("offer_id", "interrupter_id", "role", "tier", "state", "made_at", "decline_reason")
            rows["reporting.offer_facts"].append(about | {name: offer.get(name) for name in told})
        for held in one["assignments"]:
            told = ("assignment_id", "interrupter_id", "role", "state", *_TIMES)
            rows["reporting.assignment_facts"].append(about | {name: held.get(name) for name in told})
    _dimensions(city, newest)


def _dimensions(city: City, newest: dict[str, dict[str, Row]]) -> None:
    names: tuple[str, ...] = ("version", "organization_id", "team_community", "floater", "active")
    for worker, one in newest["alerts.workers"].items():
        fact = {name: one.get(name) for name in names}
        city.rows["reporting.worker_dimension"].append({"worker_id": worker} | fact)
    for organization, one in newest["alerts.organizations"].items():
        fact = {"organization_id": organization, "version": one["version"], "name": one["name"]}
        city.rows["reporting.organization_dimension"].append(fact)
    for one in newest["operations.alarms"].values():
        fact = {name: one[name] for name in ("service", "alarm", "subject", "version", "state")}
        city.rows["reporting.alarm_facts"].append(fact)


def _counts(city: City, seen: list[Record]) -> None:
    once = {(one.topic, one.headers["ce_subject"], one.headers["ce_aggregateversion"]): one for one in seen}
    counted: Counter[tuple[str, str, str, bool]] = Counter()
    known = {topic.name for topic in TOPICS}
    for record in once.values():
        body = json.loads(record.value or b"")
        at = datetime.fromisoformat(body["at"]).timestamp()
        drill = any(isinstance(one, dict) and one.get("exercise", False) for one in body.values())
        if record.topic in known:
            quarter = iso(datetime.fromtimestamp(at - at % 900, UTC))
            counted[quarter, record.topic, record.headers["ce_type"], drill] += 1
    names = ("quarter_hour", "topic", "type", "exercise")
    city.rows["reporting.event_counts"] = [
        dict(zip(names, key, strict=True)) | {"count": count} for key, count in counted.items()
    ]
