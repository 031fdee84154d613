"""Receivers that behave and receivers that do not: each attempt ends rightly, in time, and leaves nothing open."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.alerts.delivery.outcomes import AttemptOutcome, Delivered, Failed, Rejected, TimedOut
from services.alerts.delivery.transport import AiohttpTransport
from tests.integration.alerts.delivery.misbehaving import NO_TIME, RECEIVERS

TIMEOUT = timedelta(seconds=0.4)
SLACK = timedelta(seconds=0.4)


def without_time(outcome: AttemptOutcome) -> AttemptOutcome:
    match outcome:
        case Delivered(code, _, answer):
            return Delivered(code, NO_TIME, answer)
        case Rejected(code, _, retry_after, answer):
            return Rejected(code, NO_TIME, retry_after, answer)
        case Failed(stage, reason, _):
            return Failed(stage, reason, NO_TIME)
        case TimedOut(stage, _):
            return TimedOut(stage, NO_TIME)


@pytest.mark.parametrize("name", RECEIVERS)
async def test_each_receiver_gets_its_right_outcome_in_time(
    name: str, receive: Any, transport: AiohttpTransport
) -> None:
    script, expected = RECEIVERS[name]
    receiver = await receive(script)
    async with asyncio.timeout((TIMEOUT + SLACK).total_seconds()):
        outcome = await transport.post(receiver.url, {"webhook-id": "msg_1"}, b'{"a": 1}', timeout=TIMEOUT)
    found = without_time(outcome)
    if name == "drips the body":
        assert isinstance(found, Delivered)
        assert set(found.answer) == {ord("x")}
    else:
        assert found == expected
    assert outcome.duration <= TIMEOUT + SLACK
    assert isinstance(outcome, TimedOut) == (outcome.duration >= TIMEOUT)
    assert receiver.connections == 1
