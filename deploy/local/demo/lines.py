"""One readable line per incident. Pure: facts in, text out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.text import Text

WHEN, KIND, WHERE = 17, 14, 42
OBSTACLES = {
    "day_only": "a date without a time",
    "kind_not_automatic": "its kind never activates by itself",
    "untrusted_source": "a resident's word alone",
    "out_of_scope": "out of scope",
}
OUTCOMES = {
    "declined": "declined",
    "expired": "no answer",
    "undeliverable": "not reached",
    "taken": "told it is taken",
    "withdrawn": "told it is over",
    "open": "asked",
    "acknowledged": "has seen it",
}


@dataclass(frozen=True, slots=True)
class Names:
    """Worker id → call sign, and cluster id → its number with its first neighbourhood."""

    workers: Mapping[str, str]
    clusters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Took:
    """From the report (or the dispatcher's word) to the first message at a phone, and to the acceptance."""

    first_webhook: timedelta | None
    accepted: timedelta | None
    by_dispatcher: bool


def cluster_names(programme: Path) -> dict[str, str]:
    features = json.loads((programme / "areas" / "clusters.geojson").read_text())["features"]
    known = [feature["properties"] for feature in features]
    return {one["id"]: f"{one['name']}, {one['neighborhoods'].split(',')[0]}" for one in known}


def response_line(
    incident: dict[str, Any], dispatch: dict[str, Any], when: datetime | None, took: Took, names: Names
) -> Text:
    line = beginning(incident, when, names)
    holder = next((one for one in dispatch["assignments"] if one["state"] not in {"stood_down", "reassigned"}), None)
    steps = [_asked(offer, names) for offer in sorted(dispatch["offers"], key=lambda offer: offer["made_at"])]
    line.append(" → ".join(steps) or "nobody is free", style="dim")
    if holder is None:
        line.append(" → EXHAUSTED, desk paged", style="bold red")
    else:
        after_all = " after all" if dispatch["exhausted_count"] else ""
        line.append(f" → {names.workers[holder['interrupter_id']]} HAS IT{after_all}", style="bold green")
    return line.append(f"  [{_times(took)}]", style="cyan")


def not_activated_line(incident: dict[str, Any], obstacles: list[str], when: datetime | None, names: Names) -> Text:
    line = beginning(incident, when, names)
    if incident["state"] == "screened_out":
        return line.append(f"not ours: {incident['screened_out_reason']}, passed on to {incident['route']}", "yellow")
    why = ", ".join(OBSTACLES.get(obstacle, obstacle) for obstacle in obstacles)
    return line.append(f"waits for the dispatcher: {why}", style="yellow" if "day_only" in obstacles else "dim")


def beginning(incident: dict[str, Any], when: datetime | None, names: Names) -> Text:
    parts = (_when(incident, when).ljust(WHEN), incident["kind"].replace("_", " ").ljust(KIND))
    return Text("".join(parts) + _where(incident, names).ljust(WHERE) + " ")


def outcome_of(offer: dict[str, Any]) -> str:
    """What became of one question, in words. A yes after the time to acknowledge is a late one."""
    state = offer["state"]
    if state == "accepted":
        late = offer.get("settled_at") and offer["acknowledged_at"] > offer["acknowledge_by"]
        return "late yes" if late else "yes"
    if state == "expired" and not offer.get("delivered_at"):
        return "not reached"
    reason = f" ({offer['decline_reason'].replace('_', ' ')})" if offer.get("decline_reason") else ""
    return OUTCOMES[state] + reason


def _asked(offer: dict[str, Any], names: Names) -> str:
    return f"{names.workers[offer['interrupter_id']]}: {outcome_of(offer)}"


def _when(incident: dict[str, Any], when: datetime | None) -> str:
    if when is None:
        return "(made-up call)"
    if incident["occurred_precision"] == "day":
        return f"{when:%a %d %b} --:--"
    return f"{when:%a %d %b %H:%M}"


def _where(incident: dict[str, Any], names: Names) -> str:
    near = incident.get("community")
    if near is None:
        return names.clusters.get(incident.get("cluster") or "", "outside every area")
    if near["distance_m"] > 0:
        return f"outside, {near['distance_m']:.0f} m from {near['name']}"
    return str(near["name"])


def _times(took: Took) -> str:
    since = "the dispatcher's word" if took.by_dispatcher else "the report"
    parts = []
    if took.first_webhook is not None:
        parts.append(f"first webhook {took.first_webhook / timedelta(milliseconds=1):.0f} ms")
    if took.accepted is not None:
        parts.append(f"accepted {took.accepted.total_seconds():.1f} s")
    return f"{', '.join(parts) or 'no message'} after {since}"
