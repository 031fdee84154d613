"""What an endpoint may be spared, by whose it is."""

import pytest

from services.alerts.domain.muting import muting_faults
from services.alerts.domain.workforce import OwnerKind
from services.alerts.message_types import MESSAGES

EXCHANGED = {f"truce.shift_trade.{what}" for what in ("effective", "declined", "withdrawn", "lapsed")}
OWN = {"truce.offer.taken", "truce.offer.withdrawn", "truce.rest.suggested"} | EXCHANGED
SUPERVISORS = {
    "truce.rest.suggested",
    "truce.shift_trade.lapsed",
    "truce.endpoint.failing",
    "truce.triage.due_soon",
    "truce.plan_step.overdue",
}


@pytest.mark.parametrize(
    ("owner", "mutable"),
    [(OwnerKind.INTERRUPTER, OWN), (OwnerKind.SUPERVISOR, SUPERVISORS), (OwnerKind.DUTY_DISPATCHER, set())],
)
def test_news_may_be_muted_and_nothing_that_somebody_waits_for(owner: OwnerKind, mutable: set[str]) -> None:
    kinds = sorted(MESSAGES)
    kept = {kinds[int(fault.pointer.rpartition("/")[2])] for fault in muting_faults(owner, kinds, "/muted")}
    assert set(kinds) - kept == mutable
