"""When an endpoint is relied on: by the attempts in a row, whatever the messages."""

from datetime import UTC, datetime, timedelta

import pytest

from services.alerts.domain.breaker import OPENS_AFTER, Breaker, BreakerState, after_attempt, counts

AT = datetime(2026, 3, 1, tzinfo=UTC)


def after(outcomes: str, breaker: Breaker | None = None) -> Breaker:
    """`x` failed, `+` delivered, a minute apart."""
    breaker = breaker or Breaker()
    for minute, outcome in enumerate(outcomes):
        breaker = after_attempt(breaker, delivered=outcome == "+", at=AT + timedelta(minutes=minute))
    return breaker


@pytest.mark.parametrize(
    ("outcomes", "state", "failures"),
    [
        ("", BreakerState.CLOSED, 0),
        ("xxxx", BreakerState.CLOSED, 4),
        ("xxxx+xxxx", BreakerState.CLOSED, 4),
        ("xxxxx", BreakerState.OPEN, 5),
        ("xxxxxx", BreakerState.OPEN, 6),
        ("xxxxx+", BreakerState.HALF_OPEN, 0),
        ("xxxxx+x", BreakerState.OPEN, 1),
        ("xxxxx++", BreakerState.CLOSED, 0),
        ("xxxxx++x", BreakerState.CLOSED, 1),
        ("xxxxx+x+", BreakerState.HALF_OPEN, 0),
    ],
)
def test_five_failures_in_a_row_open_it_a_success_half_opens_it_and_another_closes_it(
    outcomes: str, state: BreakerState, failures: int
) -> None:
    found = after(outcomes)
    assert (found.state, found.failures) == (state, failures)
    assert (found.since is None) == (state is BreakerState.CLOSED)


def test_it_has_been_open_since_it_opened() -> None:
    assert after("xxxxxxxx").since == AT + timedelta(minutes=OPENS_AFTER - 1)


def test_our_own_faults_say_nothing_about_a_receiver() -> None:
    assert not counts("connect_out_of_sockets")
    assert not counts("endpoint_disabled")
    assert all(counts(code) for code in ("timed_out_response", "rejected_503", "address_private_address", "delivered"))
