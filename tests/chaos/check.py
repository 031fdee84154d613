"""Judges a run's folder: `python -m tests.chaos.check FOLDER` prints what was looked at and what was broken.

Ends with 0 if no promise was broken, 1 if one was, 2 if the folder is no run's.
"""

import sys
from pathlib import Path

from tests.chaos.checks.verdict import Verdict
from tests.chaos.history import read
from tests.chaos.judge import judge

SHOWN = 20


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not (Path(arguments[0]) / "run.json").exists():
        print("usage: python -m tests.chaos.check FOLDER   (the folder of a run, with its run.json)")  # noqa: T201 - its output
        return 2
    verdicts = judge(read(Path(arguments[0])))
    print(told(verdicts))  # noqa: T201 - its output
    return int(any(verdict.violations for verdict in verdicts))


def told(verdicts: list[Verdict]) -> str:
    """One line per check, then the violations, the first of each check's."""
    widest = max(len(verdict.check) for verdict in verdicts)
    lines = [f"{one.check:<{widest}}  looked at {one.looked_at:>7}  {_words(one)}" for one in verdicts]
    for verdict in verdicts:
        lines += [f"  {violation}" for violation in verdict.violations[:SHOWN]]
        if len(verdict.violations) > SHOWN:
            lines.append(f"  {verdict.check}: and {len(verdict.violations) - SHOWN} more")
    return "\n".join(lines)


def _words(verdict: Verdict) -> str:
    return f"{len(verdict.violations)} VIOLATIONS" if verdict.violations else "holds"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
