"""How the outcome of runs is told to a person: what was done to it, what it answered, what was broken."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.chaos.check import told
from tests.chaos.outcome import Outcome, slowest

_OUT = Console(width=140)


def say(words: str) -> None:
    _OUT.print(words, highlight=False, markup=False)


def show(outcome: Outcome) -> None:
    """One run, as soon as it is over."""
    measured = outcome.measured
    table = Table(title=f"{outcome.plan.name}, seed {outcome.plan.seed}", show_header=False)
    rows = {
        "faults": _counted(measured.faults),
        "missed": _counted(measured.missed),
        "refused by this machine": ", ".join(f"{kind}: {why}" for kind, why in measured.refused.items()),
        "reports": f"{measured.reports} at {outcome.plan.rate_per_s:.0f}/s",
        "calls": _counted(Counter({f"{op} {result}": count for (op, result), count in outcome.calls.items()})),
        "report to first message s (p50 / p99 / max)": slowest(outcome.first_page_s),
        "going again s": ", ".join(f"{kind} {took_s:.1f}" for kind, took_s in measured.resumed_s),
        "ended after SIGTERM s": ", ".join(f"{name} {took_s:.1f}" for name, took_s in measured.ended_s),
        "drained s": f"{measured.drained_s:.1f}",
        "things looked at": str(sum(verdict.looked_at for verdict in outcome.verdicts)),
        "violations": str(sum(len(verdict.violations) for verdict in outcome.verdicts) + len(outcome.broken)),
    }
    for name, value in rows.items():
        if value:
            table.add_row(name, value)
    _OUT.print(table)
    if not outcome.holds:
        red = [one for one in outcome.verdicts if one.violations]
        say("\n".join([*outcome.broken, *([told(red)] if red else [])]))
        say(f"The whole history is in {outcome.folder}: python -m tests.chaos.check {outcome.folder}")


def show_all(outcomes: Sequence[Outcome]) -> None:
    """All runs, one line each."""
    table = Table(
        "run", "seed", "faults", "reports", "first message s (p50 / p99 / max)", "slowest going again s", "violations"
    )
    for one in outcomes:
        table.add_row(
            one.plan.name,
            str(one.plan.seed),
            str(sum(one.measured.faults.values())),
            str(one.measured.reports),
            slowest(one.first_page_s),
            f"{max((took_s for _, took_s in one.measured.resumed_s), default=0):.1f}",
            str(sum(len(verdict.violations) for verdict in one.verdicts) + len(one.broken)),
        )
    _OUT.print(table)
    faults = sum((one.measured.faults for one in outcomes), Counter())
    say(f"{len(outcomes)} runs, {sum(faults.values())} faults: {_counted(faults)}")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
