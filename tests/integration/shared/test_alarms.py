"""Alarms: one page for one standing fault, a new one after somebody acknowledged or cleared it."""

import asyncio
import json

import pytest

from shared.contracts.topics import ALARMS
from shared.kernel.errors import NotFound
from shared.messaging.alarms import acknowledge_alarm, clear_alarm, raise_alarm
from shared.persistence.transaction import Transaction
from tests.integration.shared.notebook import SERVICE, Notebook
from tests.support.waiting import eventually

KEY = {"service": SERVICE, "alarm": "quiet_source", "subject": "police"}


async def told(notebook: Notebook) -> list[tuple[str, str, int, int]]:
    """On the topic: kind, state, version, count."""
    found = []
    for record in await notebook.on_topic(ALARMS.name):
        alarm = json.loads(record.value or b"")["alarm"]
        kind = dict(record.headers)["ce_type"].decode().split(".")[3]
        found.append((kind, alarm["state"], alarm["version"], alarm["count"]))
    return found


async def test_a_standing_alarm_is_told_once_and_a_new_one_again(notebook: Notebook) -> None:
    steps = [raise_alarm] * 3 + [acknowledge_alarm, raise_alarm, raise_alarm, clear_alarm, raise_alarm]
    for step in steps:
        async with notebook.db.transaction() as tx:
            await step(tx, **KEY)
    expected = [
        ("raised", "raised", 1, 1),
        ("acknowledged", "acknowledged", 2, 3),
        ("raised", "raised", 3, 4),
        ("cleared", "cleared", 4, 5),
        ("raised", "raised", 5, 1),
    ]
    async with notebook.relaying():
        await eventually(lambda: _told(notebook, expected))


async def test_two_who_raise_it_first_at_once_tell_it_once(notebook: Notebook) -> None:
    async def second() -> None:
        async with notebook.db.transaction() as tx:
            await raise_alarm(tx, **KEY)

    async with notebook.db.transaction() as first:
        await raise_alarm(first, **KEY)
        other = asyncio.create_task(second())
        await eventually(lambda: _waits_for_a_lock(notebook))
    await other
    async with notebook.db.transaction() as tx:
        written = await tx.rows("SELECT headers ->> 'ce_aggregateversion' AS version FROM outbox")
    assert [row["version"] for row in written] == ["1"]


async def _waits_for_a_lock(notebook: Notebook) -> bool:
    async with notebook.db.transaction() as tx:
        found = await tx.rows(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
    return bool(found)


@pytest.mark.parametrize("step", [acknowledge_alarm, clear_alarm])
async def test_what_does_not_stand_cannot_be_settled(notebook: Notebook, step: object) -> None:
    async def settle(tx: Transaction) -> None:
        await step(tx, **KEY)  # type: ignore[operator] # one of the two above

    with pytest.raises(NotFound):
        await notebook.db.retrying(settle)
    assert await notebook.alarms() == {}


async def _told(notebook: Notebook, expected: list[tuple[str, str, int, int]]) -> bool:
    assert await told(notebook) == expected
    return True
