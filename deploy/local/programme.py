"""Brings databases and topics up to date and loads the programme into all services by their own command lines.

    python -m deploy.local.programme FOLDER POLICY_FILE

One process for all of it: starting Python eight times would cost more than the work.
"""

import asyncio
import sys
from pathlib import Path

from typer import Typer

from deploy.local.credentials import SERVICES
from deploy.local.migrate import migrate_all
from services.alerts.__main__ import cli as alerts
from services.casework.__main__ import cli as casework
from services.intake.__main__ import cli as intake
from services.reporting.__main__ import cli as reporting


def load(folder: Path, policy: str) -> None:
    """`policy`: a file in the folder. The first that refuses ends the process with its own words and code."""
    loads: tuple[tuple[Typer, list[str]], ...] = (
        (intake, []),
        (alerts, ["--policy", str(folder / policy)]),
        (casework, []),
        (reporting, ["--policy", policy]),
    )
    for cli, options in loads:
        code = cli(["load-programme", str(folder), *options], standalone_mode=False)
        if code:
            sys.exit(code)


if __name__ == "__main__":
    asyncio.run(migrate_all(list(SERVICES)))
    load(Path(sys.argv[1]), sys.argv[2])
