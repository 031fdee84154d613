"""When the next attempt is due, for both classes."""

import random
from datetime import timedelta

import pytest

from services.alerts.delivery.schedule import DeliveryClass, attempt_timeout, next_attempt_in

URGENT, DURABLE = DeliveryClass.URGENT, DeliveryClass.DURABLE
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def offsets(delivery_class: DeliveryClass) -> list[timedelta]:
    """When each attempt is due, counted from the first, when every attempt fails at once and nothing jitters."""
    due, found, made = timedelta(0), [], 0
    while (wait := next_attempt_in(delivery_class, made, None, 0)) is not None:
        due += wait
        found.append(due)
        made += 1
    return found


def test_a_page_is_tried_five_times_within_eight_seconds() -> None:
    assert offsets(URGENT) == [0 * SECOND, 1 * SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND]
    assert attempt_timeout(URGENT) == 3 * SECOND


def test_a_notice_is_tried_ten_times_over_a_day() -> None:
    hours = [2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]
    assert offsets(DURABLE) == [0 * SECOND, 5 * SECOND, 5 * MINUTE, 30 * MINUTE, *hours]
    assert attempt_timeout(DURABLE) == 15 * SECOND


@pytest.mark.parametrize(("delivery_class", "attempts"), [(URGENT, 5), (URGENT, 6), (DURABLE, 10), (DURABLE, 99)])
def test_after_the_last_attempt_the_delivery_is_dead_whatever_the_receiver_asks(
    delivery_class: DeliveryClass, attempts: int
) -> None:
    assert next_attempt_in(delivery_class, attempts, None, 0) is None
    assert next_attempt_in(delivery_class, attempts, SECOND, 0) is None


def test_jitter_moves_a_wait_by_a_fifth_at_most_both_ways() -> None:
    assert next_attempt_in(DURABLE, 5, None, -1) == 3 * HOUR * 0.8
    assert next_attempt_in(DURABLE, 5, None, 1) == 3 * HOUR * 1.2
    drawn = random.Random(7)
    waits = {next_attempt_in(URGENT, 3, None, drawn.uniform(-1, 1)) for _ in range(200)}
    assert len(waits) > 100
    assert all(wait is not None and 1.6 * SECOND <= wait <= 2.4 * SECOND for wait in waits)


@pytest.mark.parametrize(
    ("retry_after", "jitter", "wait"),
    [
        (None, 0, 1 * SECOND),
        (0 * SECOND, 0, 1 * SECOND),
        (-5 * SECOND, 0, 1 * SECOND),
        (5 * SECOND, 0, 5 * SECOND),
        (5 * SECOND, 1, 6 * SECOND),
        (5 * SECOND, -1, 6 * SECOND),
        (10 * 365 * 24 * HOUR, 0, 8 * SECOND),
    ],
)
def test_a_page_waits_for_a_receiver_but_never_past_its_worth(
    retry_after: timedelta | None, jitter: float, wait: timedelta
) -> None:
    assert next_attempt_in(URGENT, 1, retry_after, jitter) == wait


def test_a_notice_waits_a_day_at_most_for_a_receiver() -> None:
    assert next_attempt_in(DURABLE, 1, 6 * HOUR, 0) == 6 * HOUR
    assert next_attempt_in(DURABLE, 1, 10 * 365 * 24 * HOUR, 0) == 24 * HOUR


@pytest.mark.parametrize(("attempts", "jitter"), [(-1, 0), (1, 1.01), (1, -1.01), (1, float("nan"))])
def test_impossible_arguments_are_refused(attempts: int, jitter: float) -> None:
    with pytest.raises(ValueError, match="counted from 0"):
        next_attempt_in(URGENT, attempts, None, jitter)
