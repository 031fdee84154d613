"""An independent recount straight from topic records: no database, no code of the service that is checked.

Records are (type, body, headers) as they lie on a topic. The newest version of each root decides; exercises are left
out.
"""

import math
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Record = tuple[str, dict[str, Any], dict[str, str]]
_ROOTS = ("incident", "dispatch", "case")


def newest(records: Iterable[Record]) -> dict[str, dict[str, Any]]:
    """Root → its newest snapshot, without exercises."""
    found: dict[str, dict[str, Any]] = {}
    for _, body, headers in records:
        snapshot = next(body[name] for name in _ROOTS if name in body)
        root = headers["ce_subject"]
        if root not in found or snapshot["version"] > found[root]["version"]:
            found[root] = snapshot
    return {root: snapshot for root, snapshot in found.items() if not snapshot.get("exercise")}


def local_day(moment: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(moment).astimezone(zone).date().isoformat()


def incidents_by_day_community_kind(records: Iterable[Record], zone: ZoneInfo) -> Counter[tuple[str, str | None, str]]:
    return Counter(
        (local_day(incident["occurred_at"], zone), incident.get("community", {}).get("area_id"), incident["kind"])
        for incident in newest(records).values()
    )


def parts_by_state(records: Iterable[Record], part: str) -> Counter[str]:
    return Counter(item["state"] for root in newest(records).values() for item in root.get(part, ()))


def response_times(
    incidents: Iterable[Record], dispatches: Iterable[Record], milestone: str
) -> tuple[list[float], int]:
    """Sorted seconds from activation, and how many activated incidents do not have the moment."""
    responses = newest(dispatches)
    times, missing = [], 0
    for root, incident in newest(incidents).items():
        if "activated_at" not in incident:
            continue
        moments = _moments(responses.get(root, {}), milestone)
        if moments:
            times.append((min(moments) - datetime.fromisoformat(incident["activated_at"])) / timedelta(seconds=1))
        else:
            missing += 1
    return sorted(times), missing


def _moments(dispatch: dict[str, Any], milestone: str) -> list[datetime]:
    part = "offers" if milestone in ("first_attempt", "acknowledged") else "assignments"
    name = f"{milestone}_at"
    return [datetime.fromisoformat(item[name]) for item in dispatch.get(part, ()) if item.get(name)]


def nearest_rank(ordered: list[float], proportion: float) -> float | None:
    return ordered[math.ceil(proportion * len(ordered)) - 1] if ordered else None


def events_by_type(records: Iterable[Record], known: Iterable[str]) -> Counter[str]:
    """Each version of a root once, of the types asked for. The records are of one topic."""
    types = set(known)
    once = {
        (headers["ce_subject"], headers["ce_aggregateversion"]): kind
        for kind, body, headers in records
        if kind in types and not any(body.get(name, {}).get("exercise") for name in _ROOTS)
    }
    return Counter(once.values())
