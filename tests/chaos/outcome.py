"""What a run comes to: what the checks say of its history, and what it has measured itself, against what must hold."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.bench.figures import percentile
from tests.chaos.checks.verdict import Verdict
from tests.chaos.history import History, read
from tests.chaos.judge import judge
from tests.chaos.progress import RESUME_WITHIN_S
from tests.chaos.rounds import Measured, Plan

END_WITHIN_S = 10.0
_FIRST = ("truce.offer.made", "truce.page.exhausted")


@dataclass(frozen=True)
class Outcome:
    """`broken`: sentences about promises that the run has measured itself."""

    plan: Plan
    folder: Path
    measured: Measured
    verdicts: tuple[Verdict, ...]
    calls: Counter[tuple[str, str]]
    first_page_s: tuple[float, ...]
    broken: tuple[str, ...]

    @property
    def red(self) -> set[str]:
        return {verdict.check for verdict in self.verdicts if verdict.violations}

    @property
    def holds(self) -> bool:
        return not self.red and not self.broken


def concluded(plan: Plan, folder: Path, measured: Measured) -> Outcome:
    history = read(folder)
    first_page_s = first_pages(history)
    return Outcome(
        plan=plan,
        folder=folder,
        measured=measured,
        verdicts=tuple(judge(history)),
        calls=Counter((call.op, call.outcome) for call in history.calls),
        first_page_s=first_page_s,
        broken=tuple(_broken(plan, measured, first_page_s)),
    )


def _broken(plan: Plan, measured: Measured, first_page_s: tuple[float, ...]) -> list[str]:
    limit_s = plan.selection.first_page_within_s
    slowest_s = max(first_page_s, default=0.0)
    broken = [
        f"after {kind} the path stood still for {took_s:.1f} s"
        for kind, took_s in measured.resumed_s
        if took_s > RESUME_WITHIN_S
    ]
    broken += [
        f"{name} took {took_s:.1f} s to end after SIGTERM" for name, took_s in measured.ended_s if took_s > END_WITHIN_S
    ]
    if limit_s is not None and slowest_s > limit_s:
        broken.append(f"a first page came {slowest_s:.1f} s after its report")
    broken += [f"not done when time was up: {count} {what}" for what, count in measured.left.items()]
    return broken


def first_pages(history: History) -> tuple[float, ...]:
    """Seconds from the answer to a report that opened and activated an incident to the first message about it."""
    rang: dict[str, float] = {}
    for one in history.received:
        message = json.loads(one.body)
        incident = message["data"].get("incident_id")
        if message["type"] in _FIRST and incident is not None:
            rang[incident] = min(one.at, rang.get(incident, one.at))
    answered: dict[str, float] = {}
    for call in history.calls:
        told = call.result or {}
        if call.op == "report" and call.outcome == "ok" and _opened(told) and call.ended_at is not None:
            answered[told["incident_id"]] = min(call.ended_at, answered.get(told["incident_id"], call.ended_at))
    return tuple(max(0.0, rang[incident] - at) for incident, at in answered.items() if incident in rang)


def _opened(told: dict[str, object]) -> bool:
    incident = told.get("incident")
    return told.get("disposition") == "opened" and isinstance(incident, dict) and incident["state"] == "activated"


def slowest(times_s: tuple[float, ...]) -> str:
    """p50 / p99 / max in one cell."""
    if not times_s:
        return "–"
    shares = (percentile(times_s, 0.5), percentile(times_s, 0.99), max(times_s))
    return " / ".join(f"{value:.2f}" for value in shares)
