"""What answers and time do to an offer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.alerts.domain.offers import (
    Bypass,
    Expire,
    OfferFacts,
    RoleStand,
    Wait,
    may_accept,
    may_acknowledge,
    may_decline,
    overdue,
    to_ask,
)
from shared.kernel.vocabulary import OfferState

MADE = datetime(2026, 1, 1, 12, tzinfo=UTC)
OPEN = OfferFacts(
    state=OfferState.OPEN,
    undelivered_by=MADE + timedelta(seconds=5),
    acknowledge_by=MADE + timedelta(minutes=2),
    accept_by=MADE + timedelta(minutes=5),
    attempted=True,
    delivered=False,
    bypassed=False,
)
DELIVERED = replace(OPEN, delivered=True)
SEEN = replace(DELIVERED, state=OfferState.ACKNOWLEDGED)
JUST_BEFORE = timedelta(microseconds=1)


def test_an_undelivered_offer_is_bypassed_at_its_moment_and_not_before() -> None:
    assert overdue(OPEN, OPEN.undelivered_by - JUST_BEFORE) == Wait(OPEN.undelivered_by)
    assert overdue(OPEN, OPEN.undelivered_by) == Bypass()


def test_a_bypassed_offer_is_bypassed_once_and_stays_good_until_its_deadline() -> None:
    bypassed = replace(OPEN, bypassed=True)
    assert overdue(bypassed, OPEN.undelivered_by) == Wait(OPEN.acknowledge_by)
    assert overdue(bypassed, OPEN.acknowledge_by) == Expire()


def test_a_delivered_offer_waits_to_be_acknowledged() -> None:
    assert overdue(DELIVERED, OPEN.acknowledge_by - JUST_BEFORE) == Wait(OPEN.acknowledge_by)
    assert overdue(DELIVERED, OPEN.acknowledge_by) == Expire()


def test_an_acknowledged_offer_waits_to_be_accepted() -> None:
    assert overdue(SEEN, OPEN.accept_by - JUST_BEFORE) == Wait(OPEN.accept_by)
    assert overdue(SEEN, OPEN.accept_by) == Expire()


def test_what_people_are_told_is_when_the_engine_ends_it() -> None:
    hurried = replace(DELIVERED, accept_by=MADE + timedelta(minutes=1))
    for offer in (DELIVERED, SEEN, hurried):
        assert overdue(offer, offer.deadline - JUST_BEFORE) == Wait(offer.deadline)
        assert overdue(offer, offer.deadline) == Expire()


def test_silence_is_not_held_against_somebody_who_was_never_called() -> None:
    never_called = replace(OPEN, attempted=False)
    assert overdue(never_called, OPEN.accept_by) == Bypass()
    waiting = replace(never_called, bypassed=True)
    assert isinstance(overdue(waiting, OPEN.accept_by + timedelta(hours=1)), Wait)


@pytest.mark.parametrize(
    "state",
    [OfferState.OPEN, OfferState.ACKNOWLEDGED, OfferState.EXPIRED, OfferState.UNDELIVERABLE, OfferState.DECLINED],
)
def test_a_yes_counts_while_nobody_has_the_role_however_late(state: OfferState) -> None:
    assert may_accept(state, role_is_unfilled=True)
    assert not may_accept(state, role_is_unfilled=False)


@pytest.mark.parametrize("state", [OfferState.TAKEN, OfferState.WITHDRAWN])
def test_an_offer_that_was_taken_back_cannot_be_accepted(state: OfferState) -> None:
    assert not may_accept(state, role_is_unfilled=True)


def test_only_live_offers_can_be_acknowledged_or_declined() -> None:
    assert {state for state in OfferState if may_acknowledge(state)} == {OfferState.OPEN}
    assert {state for state in OfferState if may_decline(state)} == {OfferState.OPEN, OfferState.ACKNOWLEDGED}


@pytest.mark.parametrize(
    ("stand", "parallel", "expected"),
    [
        (RoleStand(wanted=1, filled=0, live=0, pending=0), 1, 1),
        (RoleStand(wanted=1, filled=0, live=1, pending=1), 1, 0),
        (RoleStand(wanted=1, filled=0, live=0, pending=1), 1, 1),
        (RoleStand(wanted=1, filled=1, live=0, pending=0), 1, 0),
        (RoleStand(wanted=2, filled=1, live=0, pending=0), 3, 3),
        (RoleStand(wanted=2, filled=0, live=1, pending=1), 2, 3),
        (RoleStand(wanted=1, filled=2, live=0, pending=0), 5, 0),
    ],
)
def test_as_many_are_asked_as_are_missing(stand: RoleStand, parallel: int, expected: int) -> None:
    assert to_ask(stand, parallel) == expected
