"""What may pass by itself is tried again, and nothing is tried for ever: no record and no lock holds a partition."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from shared.contracts.events.organizations import OrganizationEvent
from shared.messaging.consumer import patience
from shared.messaging.consumer.patience import CONFLICTS, TRIES
from shared.persistence.transaction import Transaction
from tests.integration.shared.notebook import Notebook, organization
from tests.integration.shared.test_poison import has_letters, has_noted
from tests.support.waiting import eventually

Failing = Callable[[Transaction], Awaitable[object]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_PAUSE_S", 0.05)
    monkeypatch.setattr(patience, "WORK_LIMIT_S", 1.0)


async def raise_state(tx: Transaction, state: str) -> None:
    await tx.run(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$")


async def hang(_: Transaction) -> None:
    await asyncio.Event().wait()


class Failures:
    """The event called `slow` fails `times` times, or for ever; the others never do."""

    def __init__(self, failing: Failing, times: int | None = None) -> None:
        self._failing = failing
        self._times = times
        self.seen = 0

    async def __call__(self, tx: Transaction, event: OrganizationEvent) -> None:
        if event.organization.name == "slow":
            self.seen += 1
            if self._times is None or self.seen <= self._times:
                await self._failing(tx)


PASSING: dict[str, Failing] = {
    "a statement cancelled": lambda tx: raise_state(tx, "57014"),
    "a use case that hangs": hang,
    "a statement that hangs": lambda tx: tx.run("SELECT pg_sleep(30)"),
}


@pytest.mark.parametrize("failing", PASSING.values(), ids=PASSING.keys())
async def test_a_time_limit_overrun_now_and_then_is_an_accident(notebook: Notebook, failing: Failing) -> None:
    notebook.trouble = failures = Failures(failing, times=TRIES)
    await notebook.send(organization("slow"))
    async with notebook.consuming():
        await eventually(lambda: has_noted(notebook, "slow"), within_s=20)
    assert failures.seen == TRIES + 1
    assert await notebook.letters() == []


@pytest.mark.parametrize("failing", PASSING.values(), ids=PASSING.keys())
async def test_a_time_limit_overrun_again_and_again_is_the_records_own_fault(
    notebook: Notebook, failing: Failing
) -> None:
    notebook.trouble = failures = Failures(failing)
    names = [f"n{number}" for number in range(24)]
    await notebook.send(organization("slow"), *(organization(name) for name in names))
    async with notebook.consuming() as consumer:
        await eventually(lambda: has_letters(notebook, 1), within_s=30)
        await eventually(lambda: has_noted(notebook, *names))
        assert consumer.fetcher.tries == TRIES
    assert failures.seen <= TRIES + 2  # with the batch that it came in
    (letter,) = await notebook.letters()
    assert letter["reason"] == "use_case_failed"
    assert letter["detail"] in {"TookTooLong", "QueryCanceledError 57014"}


async def test_a_record_that_always_meets_a_deadlock_is_set_aside_in_the_end(notebook: Notebook) -> None:
    notebook.trouble = failures = Failures(lambda tx: raise_state(tx, "40P01"))
    await notebook.send(organization("slow"), organization("fine"))
    async with notebook.consuming():
        await eventually(lambda: has_letters(notebook, 1), within_s=60)
        await eventually(lambda: has_noted(notebook, "fine"))
    assert failures.seen <= 2 * CONFLICTS
    assert (await notebook.letters())[0]["detail"] == "ConflictsForEver"


@pytest.mark.parametrize("error", [FileNotFoundError("x"), TimeoutError("x"), PermissionError("x")])
async def test_a_use_case_whose_failure_looks_like_the_networks_is_not_retried_for_ever(
    notebook: Notebook, error: OSError
) -> None:
    async def fail(_: Transaction) -> None:
        raise error

    notebook.trouble = Failures(fail)
    await notebook.send(organization("slow"), organization("fine"))
    async with notebook.consuming():
        await eventually(lambda: has_letters(notebook, 1))
        await eventually(lambda: has_noted(notebook, "fine"))
    assert (await notebook.letters())[0]["detail"] == "UseCaseBroken"


async def test_a_lock_that_another_holds_is_waited_for_however_long(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "WORK_LIMIT_S", 20.0)
    monkeypatch.setattr(patience, "CONFLICTS", 3)
    tries = 0

    async def impatient(tx: Transaction, _: OrganizationEvent) -> None:
        nonlocal tries
        tries += 1
        await tx.run("SET LOCAL lock_timeout = '100ms'")

    async def tried_often() -> bool:
        return tries > 2 * patience.CONFLICTS

    notebook.trouble = impatient
    await notebook.send(organization("one"))
    async with notebook.consuming():
        async with notebook.db.transaction() as tx:
            await tx.run("LOCK TABLE noted IN EXCLUSIVE MODE")
            await eventually(tried_often, within_s=20)
        await eventually(lambda: has_noted(notebook, "one"))
    assert await notebook.letters() == []
