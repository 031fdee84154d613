"""An independent recount straight from the topics, and its comparison with what reporting says.

Nothing here is reporting's: records from the beginning of the topics, a root's highest version, and plain counting.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from deploy.local.demo.topics import Seen, newest
from shared.contracts.topics import ALARMS, CASES, DISPATCHES, INCIDENTS, TOPICS

Numbers = dict[str, int]
DEAD_LETTERS = "dead letters"
DEAD_LETTER_ALARMS = "alarms about dead letters"
_RAISED = "truce.operations.alarm.raised.v1"


def recount(records: Iterable[Seen], dead_letters: int) -> Numbers:
    """Names and numbers, as the services give them too. Drills are left out; a name that is missing is a zero."""
    by_topic: dict[str, list[Seen]] = {topic.name: [] for topic in TOPICS}
    for record in records:
        by_topic[record.topic].append(record)
    incidents = _snapshots(by_topic[INCIDENTS.name], "incident")
    dispatches = _snapshots(by_topic[DISPATCHES.name], "dispatch")
    cases = _snapshots(by_topic[CASES.name], "case")
    raised = [record for record in once(by_topic[ALARMS.name]) if record.type == _RAISED]
    return {
        **_incidents(incidents, dispatches),
        **_dispatches(dispatches),
        **_named("handoffs by outcome", (one["state"] for one in _parts(cases, "handoffs"))),
        **_named("events by topic", (record.topic for record in once(records_of(by_topic)))),
        DEAD_LETTERS: dead_letters,
        DEAD_LETTER_ALARMS: sum(record.body["alarm"].get("alarm") == "dead_letter" for record in raised),
        "alarms": len(raised),
    }


def records_of(by_topic: dict[str, list[Seen]]) -> Iterable[Seen]:
    return (record for records in by_topic.values() for record in records)


def once(records: Iterable[Seen]) -> list[Seen]:
    """Each version of a root once: the relay may publish one twice, consumers drop the second."""
    known = {(record.topic, record.subject, record.version): record for record in records if not _is_drill(record)}
    return list(known.values())


def differences(topics: Numbers, reporting: Numbers) -> list[str]:
    """One line for each number on which the two do not agree."""
    return [
        f"{name}: the topics say {topics.get(name, 0)}, reporting says {reporting.get(name, 0)}"
        for name in sorted(topics.keys() | reporting.keys())
        if topics.get(name, 0) != reporting.get(name, 0)
    ]


def _incidents(incidents: dict[str, dict[str, Any]], dispatches: dict[str, dict[str, Any]]) -> Numbers:
    activated = [root for root, one in incidents.items() if one.get("activated_at")]
    responses = [dispatches.get(root, {}) for root in activated]
    return {
        "incidents": len(incidents),
        **_named("incidents by kind", (one["kind"] for one in incidents.values())),
        **_named("incidents by state", (one["state"] for one in incidents.values())),
        **_named("incidents by community", (_community(one) for one in incidents.values())),
        "activated": len(activated),
        "activated and attempted": sum(_any(one, "offers", "first_attempt_at") for one in responses),
        "activated and acknowledged": sum(_any(one, "offers", "acknowledged_at") for one in responses),
        "activated and accepted": sum(_any(one, "assignments", "accepted_at") for one in responses),
        "activated and on scene": sum(_any(one, "assignments", "on_scene_at") for one in responses),
    }


def _dispatches(dispatches: dict[str, dict[str, Any]]) -> Numbers:
    return {
        **_named("offers by outcome", (one["state"] for one in _parts(dispatches, "offers"))),
        **_named("assignments by state", (one["state"] for one in _parts(dispatches, "assignments"))),
        **_named("dispatches by state", (one["state"] for one in dispatches.values())),
        "dispatches ever exhausted": sum(one["exhausted_count"] > 0 for one in dispatches.values()),
    }


def _snapshots(records: list[Seen], name: str) -> dict[str, dict[str, Any]]:
    return {root: record.body[name] for root, record in newest(records).items() if not _is_drill(record)}


def _parts(roots: dict[str, dict[str, Any]], name: str) -> Iterable[dict[str, Any]]:
    return (part for root in roots.values() for part in root.get(name, ()))


def _any(dispatch: dict[str, Any], part: str, moment: str) -> bool:
    return any(one.get(moment) for one in dispatch.get(part, ()))


def _community(incident: dict[str, Any]) -> str:
    return str((incident.get("community") or {}).get("area_id", "none"))


def _named(name: str, values: Iterable[str]) -> Numbers:
    return {f"{name}: {value}": count for value, count in Counter(values).items()}


def _is_drill(record: Seen) -> bool:
    return any(isinstance(root, dict) and root.get("exercise") is True for root in record.body.values())
