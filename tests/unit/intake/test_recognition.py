"""Where to look, and which of several incidents a report tells of."""

from datetime import timedelta
from itertools import product
from random import Random
from uuid import UUID

from services.intake.domain.neighbourhood import cell_of, neighbourhood
from services.intake.domain.recognition import AT_MOST, Known, NotRecognised, Recognised, recognise
from services.intake.domain.sameness import Account, Different, Number
from shared.kernel.vocabulary import IncidentState, SourceKind, TimePrecision
from tests.unit.intake.accounts import RULE, account, judged


def known(number: int, of: Account, numbered: Number = Number.SILENT) -> Known:
    return Known(UUID(int=number), IncidentState.ACTIVATED, of, numbered, restricted=False)


def test_of_several_that_are_certain_the_likeliest_is_taken() -> None:
    around = [known(1, account(metres=200)), known(2, account(metres=20, minutes=1)), known(3, account(metres=300))]
    assert recognise(account(), around, RULE) == Recognised(UUID(int=2))


def test_the_one_with_the_same_number_is_taken_before_what_is_nearer() -> None:
    around = [known(1, account(metres=20)), known(2, account(metres=550), Number.SAME), known(3, account(metres=260))]
    assert recognise(account(), around, RULE) == Recognised(UUID(int=2))


def test_all_that_are_possible_are_named_the_likeliest_first_and_each_once() -> None:
    around = [known(1, account(metres=550)), known(2, account(metres=300)), known(2, account(metres=400))]
    found = recognise(account(), around, RULE)
    assert isinstance(found, NotRecognised)
    assert [(one.known.incident_id.int, round(one.how.distance_m)) for one in found.possible] == [(2, 300), (1, 550)]


def test_no_more_are_put_before_a_person_than_one_looks_at() -> None:
    found = recognise(account(), [known(number, account(metres=300 + number)) for number in range(1, 40)], RULE)
    assert isinstance(found, NotRecognised)
    assert [one.known.incident_id.int for one in found.possible] == list(range(1, AT_MOST + 1))


def test_whatever_may_be_one_event_is_looked_for_and_locked_alike() -> None:
    """Of any two accounts that the rule does not hold for different, each finds the other, and they share a lock."""
    chance, alike = Random(7), 0
    accounts = [
        account(
            metres=chance.uniform(0, 1500),
            minutes=chance.uniform(0, 1500),
            precision=chance.choice(list(TimePrecision)),
            source_kind=chance.choice(list(SourceKind)),
        )
        for _ in range(120)
    ]
    for told, other in product(accounts, accounts):
        if isinstance(judged(told, other), Different):
            continue
        here, there = neighbourhood(told, RULE), neighbourhood(other, RULE)
        alike += 1
        assert set(here.locks) & set(there.locks)
        assert cell_of(*other.point) in here.cells
        assert abs(other.point.lat - told.point.lat) <= here.north
        occurred_at = other.timing.occurred_at
        assert here.since <= occurred_at <= here.until
    assert alike > 1000


def test_locks_are_few_and_in_order() -> None:
    near = neighbourhood(account(), RULE)
    assert list(near.locks) == sorted(near.locks)
    assert len(near.locks) <= 8
    assert near.until - near.since < timedelta(days=2)
