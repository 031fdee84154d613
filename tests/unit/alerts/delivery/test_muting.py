"""What an endpoint may be spared, by whose it is."""

import pytest

from services.alerts.domain.muting import muting_faults
from services.alerts.domain.workforce import OwnerKind
from services.alerts.message_types import MESSAGES, kind_named

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
    in_the_logs_words = [kind_named(kind) for kind in kinds]
    assert muting_faults(owner, in_the_logs_words, "/muted") == muting_faults(owner, kinds, "/muted")


@pytest.mark.parametrize("said", ["", "offer", "truce.", "truce.truce.offer.made", "offer.make"])
def test_what_is_no_type_of_message_is_told_the_words_that_are(said: str) -> None:
    with pytest.raises(ValueError, match=r"is none of .*offer\.made, .*page\.alarm, "):
        kind_named(said)
    [fault] = muting_faults(OwnerKind.SUPERVISOR, [said], "")
    assert all(word in fault.detail for word in SUPERVISORS)
    [fault] = muting_faults(OwnerKind.DUTY_DISPATCHER, [said], "")
    assert fault.detail.endswith(": none")
