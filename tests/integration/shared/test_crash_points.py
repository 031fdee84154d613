"""A consumer that dies at any point between fetch and commit, or just behind it: every effect is there exactly once.

Dying is an exception that nothing catches, raised once; the database rolls back as it does when a process is gone.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from shared.contracts.events.organizations import OrganizationEvent
from shared.messaging.consumer import dispatch, positions, settle
from shared.messaging.consumer.fetch import Fetcher
from shared.messaging.consumer.run import Consumer
from shared.messaging.outbox import publish
from shared.messaging.pace import Pace
from shared.observability.metrics import POSITION_MOVED
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction
from shared.runtime.ending import end
from tests.integration.shared.notebook import DEAD_LETTERS, SERVICE, TOPIC, Notebook, organization
from tests.integration.shared.test_exactly_once import counted, has_noted, reading
from tests.integration.shared.test_poison import has_letters
from tests.support.waiting import eventually

NAMES = [f"n{number}" for number in range(12)]
POINTS: dict[str, tuple[Any, str, bool]] = {
    "when it has fetched": (Fetcher, "batch", True),
    "before its positions": (positions, "advance", False),
    "behind its positions": (positions, "advance", True),
    "behind the versions": (dispatch, "only_new", True),
    "before an effect": (dispatch, "apply", False),
    "behind an effect": (dispatch, "apply", True),
    "before a letter": (settle, "set_aside", False),
    "behind a letter": (settle, "set_aside", True),
    "before the outbox": (Transaction, "finish", False),
    "behind the outbox": (Transaction, "finish", True),
    "before the commit": (Database, "_commit", False),
    "behind the commit, before it knows": (Database, "_commit", True),
}


class Killed(BaseException):
    """No handler of the product catches it."""


def kill(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, *, behind: bool, at: int) -> asyncio.Event:
    """In the `at`th passing of that point; it is set when that was. It may be in a task of the Kafka client's own."""
    whole = getattr(where, name)
    passed, dead = 0, asyncio.Event()

    async def dying(*args: Any, **named: Any) -> Any:
        nonlocal passed
        passed += 1
        last = passed == at
        result = None if last and not behind else await whole(*args, **named)
        if last:
            dead.set()
            raise Killed
        return result

    monkeypatch.setattr(where, name, dying)
    return dead


def consumer_of(notebook: Notebook, batch: int) -> Consumer:
    return Consumer(
        notebook.db,
        notebook.subscriptions,
        service=SERVICE,
        bootstrap=notebook.bootstrap,
        prefix=notebook.prefix,
        pace=Pace(batch),
    )


async def republish(tx: Transaction, event: OrganizationEvent) -> None:
    """So that every effect has a row in the outbox, too."""
    await publish(tx, organization(event.organization.name))


async def in_outbox(notebook: Notebook, topic: str) -> int:
    (row,) = await notebook.rows("SELECT count(*) AS n FROM outbox WHERE topic = :topic", topic=topic)
    return int(row["n"])


@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize("point", POINTS)
async def test_whenever_it_dies_every_effect_is_there_once(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch, point: str, at: int
) -> None:
    notebook.trouble = republish
    await notebook.send(*(organization(name) for name in NAMES[:6]))
    await notebook.send_raw((b"k", b"x", [("x", b"y")]), (b"k", b"x", [("x", b"z")]))
    await notebook.send(*(organization(name) for name in NAMES[6:]))
    where, name, behind = POINTS[point]
    dying = consumer_of(notebook, batch=5)
    with monkeypatch.context() as patched:
        dead = kill(patched, where, name, behind=behind, at=at)
        running = asyncio.ensure_future(dying.run())
        await asyncio.wait_for(dead.wait(), 60)
        await end([running], within_s=10)
    assert running.done()
    await dying.stop()
    async with notebook.consuming(batch=5):
        await eventually(lambda: has_noted(notebook, *NAMES), within_s=20)
        await eventually(lambda: has_letters(notebook, 2))
    assert await notebook.applied() == 14
    assert (await in_outbox(notebook, TOPIC), await in_outbox(notebook, DEAD_LETTERS)) == (12, 2)
    (alarm,) = await notebook.rows("SELECT count FROM alarms WHERE alarm = 'dead_letter'")
    assert alarm["count"] == 2


async def test_a_zombie_that_wakes_with_the_records_of_a_lost_partition_changes_nothing(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook.trouble = republish
    zombie, asleep, awake = consumer_of(notebook, batch=100), asyncio.Event(), asyncio.Event()
    fetch: Callable[..., Any] = zombie.fetcher.batch

    async def sleepy(*args: Any, **named: Any) -> Any:
        records = await fetch(*args, **named)
        if records and not asleep.is_set():
            held = dict(zombie.fetcher.next)
            asleep.set()
            await awake.wait()
            zombie.fetcher.next = held  # a stopped process has not heard that anything was taken from it
        return records

    monkeypatch.setattr(zombie.fetcher, "batch", sleepy)
    await notebook.send(*(organization(name) for name in NAMES))
    moved = reading(POSITION_MOVED)
    running = asyncio.ensure_future(zombie.run())
    await asleep.wait()
    await zombie.fetcher._consumer.stop()  # noqa: SLF001 - the group gives its partitions to another
    async with notebook.consuming():
        await eventually(lambda: has_noted(notebook, *NAMES), within_s=20)
        awake.set()
        await eventually(lambda: counted(POSITION_MOVED, moved + 1))
        assert await has_noted(notebook, *NAMES)
        assert await in_outbox(notebook, TOPIC) == len(NAMES)
    running.cancel()
    await asyncio.wait([running])
