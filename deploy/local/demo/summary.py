"""What the demo comes to: numbers, faults, and whether everything adds up. Nothing here asks a service."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

Numbers = dict[str, int]


@dataclass(frozen=True)
class Summary:
    """`faults` is empty when all is well. `badly_signed`: receiver → messages with a wrong signature. `differences`:
    where the recount and reporting disagree, line by line.

    `first_attempt_ms`, `first_webhook_ms`: from sending a report to the first phone that was tried, and to the first
    that took a message; of incidents that policy activated.
    """

    rows: int
    reports: Numbers
    made_up_calls: Numbers
    skipped: Numbers
    broken: int
    incidents: int
    screened_out: int
    activated: Numbers
    not_activated: int
    offers: Numbers
    exhausted: Numbers
    without_end: tuple[str, ...]
    first_attempt_ms: dict[str, float]
    first_webhook_ms: dict[str, float]
    response_times: dict[str, dict[str, float | None]]
    events: Numbers
    dead_letters: int
    follow_ups: Numbers
    handoffs: Numbers
    webhooks: Numbers
    badly_signed: Numbers
    reconciled: bool
    numbers_compared: int
    differences: tuple[str, ...]
    restarts: Numbers
    seconds: dict[str, float]
    further_faults: tuple[str, ...] = field(default=())

    @property
    def faults(self) -> list[str]:
        found = [f"not reconciled: {line}" for line in self.differences or ("nothing was compared",)]
        found = found if not self.reconciled else []
        found += [f"incident {root} was activated and has no end" for root in self.without_end]
        if self.dead_letters:
            found.append(f"{self.dead_letters} records were set aside as dead letters")
        found += [f"{count} webhooks to {name} had a wrong signature" for name, count in self.badly_signed.items()]
        return [*found, *self.further_faults]

    @property
    def exit_code(self) -> int:
        return 1 if self.faults else 0

    def write(self, path: Path) -> None:
        content = asdict(self) | {"faults": self.faults, "ok": not self.faults}
        path.write_text(json.dumps(content, indent=2) + "\n")


def latency(values_ms: Sequence[float]) -> dict[str, float]:
    """Nearest rank: the smallest value that at least the share of all do not exceed."""
    ordered = sorted(values_ms)
    if not ordered:
        return {"n": 0}
    shares = {"p50": 0.50, "p99": 0.99, "max": 1.0}
    return {"n": len(ordered)} | {
        name: round(ordered[max(0, math.ceil(share * len(ordered)) - 1)], 1) for name, share in shares.items()
    }


def show(summary: Summary, console: Console) -> None:
    table = Table(title="Summary", title_justify="left", show_header=False, box=None, padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _rows(summary):
        table.add_row(name, value)
    console.print()
    console.print(table)
    console.print()
    for line in summary.faults:
        console.print(f"FAULT  {line}", style="bold red", soft_wrap=True, highlight=False)
    if not summary.faults:
        console.print("All of it adds up.", style="bold green")


def _rows(one: Summary) -> list[tuple[str, str]]:
    return [
        (
            "rows of the file",
            f"{one.rows}: {sum(one.skipped.values())} skipped ({_told(one.skipped)}), {one.broken} broken",
        ),
        ("reports", f"{_told(one.reports)}; made-up calls: {_told(one.made_up_calls)}"),
        ("incidents", f"{one.incidents}, {one.screened_out} screened out"),
        ("activated", f"{sum(one.activated.values())} ({_told(one.activated)}); {one.not_activated} were not"),
        ("offers", f"{sum(one.offers.values())} ({_told(one.offers)})"),
        ("exhausted", _told(one.exhausted)),
        ("report → first phone tried", _latency(one.first_attempt_ms)),
        ("report → first webhook", _latency(one.first_webhook_ms)),
        *((f"activation → {name.replace('_', ' ')}", _times(times)) for name, times in one.response_times.items()),
        ("follow-ups", _told(one.follow_ups)),
        ("handoffs", _told(one.handoffs)),
        ("webhooks", _told(one.webhooks)),
        ("events", f"{sum(one.events.values())}"),
        *((f"  {topic}", str(count)) for topic, count in one.events.items()),
        ("dead letters", str(one.dead_letters)),
        *([("restarted", _told(one.restarts))] if one.restarts else []),
        (
            "reconciled",
            f"{'yes' if one.reconciled else 'NO'}: reporting's {one.numbers_compared} numbers, recounted from topics",
        ),
        ("took", ", ".join(f"{name} {seconds:.1f} s" for name, seconds in one.seconds.items())),
    ]


def _told(numbers: Numbers) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in numbers.items()) or "none"


def _latency(figures: dict[str, float]) -> str:
    if not figures["n"]:
        return "no incident was activated by policy"
    return f"p50 {figures['p50']:.0f} ms, p99 {figures['p99']:.0f} ms, of {figures['n']:.0f} incidents"


def _times(times: dict[str, float | None]) -> str:
    p50, p90, target, share = (times[name] for name in ("p50_s", "p90_s", "target_s", "share_within_target"))
    if p50 is None or p90 is None:
        return "never yet"
    within = "" if target is None or share is None else f", {share:.0%} within {target:g} s"
    return f"p50 {p50:.2f} s, p90 {p90:.2f} s{within}"
