"""What came with another incident goes with it; what a person decided about this one stays."""

from typing import Any

import pytest

from services.intake.domain.undoing import Entry, by_itself
from shared.kernel.vocabulary import IncidentState as State

REPORTED: dict[str, Any] = {
    "state": "reported",
    "activated_at": None,
    "screened_out_reason": None,
    "route": None,
    "verification": "unverified",
    "rumour": False,
    "brought_back": False,
}
RESPONDED = {"state": "activated", "activated_at": "then"}
CONFIRMED = {"verification": "confirmed"}


class Log:
    """What is written down of changes to an incident, from `reported` on."""

    def __init__(self, **was: Any) -> None:
        self.now = REPORTED | was
        self.entries: list[Entry] = []

    def own(self, **changed: Any) -> "Log":
        return self._write(changed, own=True)

    def others(self, **changed: Any) -> "Log":
        return self._write(changed, own=False)

    def _write(self, changed: dict[str, Any], *, own: bool) -> "Log":
        self.entries.append(Entry(own, {name: self.now[name] for name in changed}, changed))
        self.now |= changed
        return self

    def alone(self) -> dict[str, Any]:
        return by_itself(self.entries, self.now)


def test_what_came_with_another_goes_with_it() -> None:
    assert Log(rumour=True).others(**RESPONDED, **CONFIRMED, rumour=False).alone() == REPORTED | {"rumour": True}
    assert Log().others(state="screened_out", screened_out_reason="out_of_scope", route="r").alone() == REPORTED
    assert Log().others(brought_back=True).alone() == REPORTED
    assert Log().alone() == REPORTED


def test_what_came_with_one_and_stayed_with_the_next_goes_with_both() -> None:
    assert Log().others(**RESPONDED).others(activated_at="later").alone() == REPORTED


def test_its_own_response_stays_measured_from_where_it_began() -> None:
    log = Log().own(**RESPONDED)
    assert log.alone() == REPORTED | RESPONDED
    assert log.others(state="merged").alone() == REPORTED | RESPONDED, "as what it was"
    assert Log(**RESPONDED).alone() == REPORTED | RESPONDED, "also where nothing was written down"


@pytest.mark.parametrize(
    "decision",
    [{"state": "closed"}, {"state": "screened_out", "screened_out_reason": "unfounded"}],
)
def test_what_a_person_decided_since_stays(decision: dict[str, Any]) -> None:
    found = Log().others(**RESPONDED).own(**decision).alone()
    assert found == REPORTED | decision | ({"activated_at": "then"} if decision["state"] == "closed" else {})


def test_who_verified_it_since_verified_it_and_nothing_more() -> None:
    found = Log(rumour=True).others(**RESPONDED).own(**CONFIRMED, rumour=False).alone()
    assert found == REPORTED | CONFIRMED | {"state": State.VERIFIED}


def test_what_was_screened_out_before_comes_back_with_its_route() -> None:
    turned_away = {"state": "screened_out", "screened_out_reason": "out_of_scope", "route": "hotline"}
    merged = Log().own(**turned_away).others(state="merged", screened_out_reason=None, route=None)
    assert merged.alone() == REPORTED | turned_away
    again = Log().own(**turned_away).own(state="reported", screened_out_reason=None, route=None, brought_back=True)
    assert again.alone() == REPORTED | {"brought_back": True}
