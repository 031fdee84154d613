"""The list of misbehaviours that people read is the one that is tested."""

from pathlib import Path

from tests.integration.alerts.delivery.misbehaving import RECEIVERS
from tests.integration.alerts.delivery.test_misbehaviours import ON_THE_WAY, fate

LIST = Path(__file__).parents[4] / "services" / "alerts" / "delivery" / "MISBEHAVIOURS.md"


def told() -> list[str]:
    """Each row of the list of misbehaviours, as it is written for people."""
    fates = {name: fate(outcome) for name, (_, outcome) in RECEIVERS.items()} | ON_THE_WAY
    return [f"| {name} | `{code}` | {state} | {step} |" for name, (code, state, step) in sorted(fates.items())]


def test_the_list_of_misbehaviours_tells_what_happens() -> None:
    written = [line for line in LIST.read_text().splitlines() if line.startswith("| ")]
    assert written[1:] == told()
