"""Planted: no unique index says that a person has one open offer and one assignment, so no insert is refused by one."""

import importlib
import pkgutil
import re

from services.alerts import usecases
from tests.chaos.ground import Ground

_GUARD = re.compile(r"ON CONFLICT \(interrupter_id, exercise\)[^;]*?DO NOTHING\n")


def plant(process: str) -> None:
    """Raises AssertionError unless both guards are taken away: a defect that is half there shows nothing."""
    if not process.startswith("alerts-"):
        return
    taken = 0
    for found in pkgutil.walk_packages(usecases.__path__, "services.alerts.usecases."):
        module = importlib.import_module(found.name)
        for name, value in vars(module).copy().items():
            if isinstance(value, str) and _GUARD.search(value):
                setattr(module, name, _GUARD.sub("", value))
                taken += 1
    assert taken == 2, f"{taken} guards were found"


async def undermine(ground: Ground) -> None:
    connection = await ground.connect("alerts")
    try:
        await connection.execute("DROP INDEX one_open_offer_per_interrupter, one_active_assignment_per_interrupter")
    finally:
        await connection.close()
