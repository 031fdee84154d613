"""How every benchmark ends: a table for people, one JSON line for machines."""

import json
import math
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank: the smallest value that at least `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def conclude(
    bench: str, *, figures: Mapping[str, float], peers: Mapping[str, float], ratios: Mapping[str, float], ok: bool
) -> int:
    """Prints and returns the exit code."""
    table = Table(title=f"bench-{bench}")
    table.add_column("what")
    table.add_column("value", justify="right")
    for kind, values in (("", figures), ("peer: ", peers), ("ratio: ", ratios)):
        for name, value in values.items():
            table.add_row(kind + name, f"{value:,.2f}")
    Console().print(table)
    rounded = {
        name: {key: round(value, 3) for key, value in values.items()}
        for name, values in (("figures", figures), ("peers", peers), ("ratios", ratios))
    }
    print(json.dumps({"bench": bench} | rounded | {"ok": ok}))  # noqa: T201 - the benchmark's result
    return 0 if ok else 1
