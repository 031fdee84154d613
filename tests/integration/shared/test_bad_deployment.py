"""A bad record is told from a bad deployment: the one is passed by, however often it comes; the other stops us."""

from shared.contracts.events.organizations import OrganizationRegistered
from shared.kernel.ids import new_id
from shared.messaging.consumer.positions import resume_consumer
from tests.integration.shared.notebook import Notebook, body, headers, organization
from tests.integration.shared.test_poison import has_letters, has_noted, refuse
from tests.support.waiting import eventually, never


async def is_stopped(notebook: Notebook) -> bool:
    return [dict(row) for row in await notebook.rows("SELECT reason FROM consumer_stop")] == [
        {"reason": "too_many_dead_letters"}
    ]


async def has_counted(notebook: Notebook, count: int) -> bool:
    return len(await notebook.noted()) == count


async def test_twenty_failures_in_a_row_stop_the_consumer_over_restarts_until_a_person_resumes_it(
    notebook: Notebook,
) -> None:
    notebook.trouble = refuse
    root = new_id()
    await notebook.send(*(organization(f"bad{at}", root=root, version=at) for at in range(1, 51)))
    async with notebook.consuming(batch=100):
        await eventually(lambda: is_stopped(notebook))
        await never(lambda: has_letters(notebook, 21), for_s=0.5)
    assert len(await notebook.letters()) == 20
    assert await notebook.applied() == 20
    assert (await notebook.alarms())["consumer_stopped", "too_many_dead_letters"] == "raised"
    async with notebook.consuming(batch=100):
        await never(lambda: has_letters(notebook, 21), for_s=1)
        async with notebook.db.transaction() as tx:
            assert await resume_consumer(tx)
        await eventually(lambda: has_letters(notebook, 40))
        await eventually(lambda: is_stopped(notebook))


async def test_no_number_of_records_that_break_the_contract_stops_the_consumer(notebook: Notebook) -> None:
    good = organization("good")
    spoiled = [(b"k", b"not an event", [("x", b"y")]), (good.root.encode(), b"{}", headers(good))]
    await notebook.send_raw(*(spoiled * 200))
    await notebook.send(good)
    async with notebook.consuming(batch=100):
        await eventually(lambda: has_letters(notebook, 400), within_s=30)
        await eventually(lambda: has_noted(notebook, "good"))
    assert await notebook.rows("SELECT reason FROM consumer_stop") == []


async def test_what_breaks_the_contract_between_failures_does_not_begin_their_row_anew(notebook: Notebook) -> None:
    notebook.trouble = refuse
    root = new_id()
    failing = [organization(f"bad{at}", root=root, version=at) for at in range(1, 31)]
    sound = [(event.root.encode(), body(event), headers(event)) for event in failing]
    await notebook.send_raw(*(record for each in sound for record in (each, (each[0], b"{}", each[2]))))
    async with notebook.consuming(batch=7):
        await eventually(lambda: is_stopped(notebook))
    assert [row["reason"] for row in await notebook.letters()].count("use_case_failed") == 20


class Founded(OrganizationRegistered):
    """As a deployment would read it that asks for more than was ever published."""

    founded: int


async def test_a_deployment_that_reads_otherwise_than_was_published_stops_before_it_drains_the_topic(
    notebook: Notebook,
) -> None:
    names = [f"n{number}" for number in range(60)]
    await notebook.send(*(organization(name) for name in names))
    notebook.subscriptions = {Founded: notebook.note}
    async with notebook.consuming(batch=100):
        await eventually(lambda: is_stopped(notebook))
        await never(lambda: has_letters(notebook, 21), for_s=0.5)
    notebook.subscriptions = {OrganizationRegistered: notebook.note}
    async with notebook.consuming(batch=100):
        async with notebook.db.transaction() as tx:
            assert await resume_consumer(tx)
        await eventually(lambda: has_counted(notebook, 40))


async def test_a_use_case_that_fails_for_all_stops_the_consumer_and_a_mended_one_goes_on_behind(
    notebook: Notebook,
) -> None:
    root = new_id()
    notebook.trouble = refuse
    names = [f"bad{version}" for version in range(1, 61)]
    await notebook.send(*(organization(name, root=root, version=at) for at, name in enumerate(names, 1)))
    async with notebook.consuming(batch=100):
        await eventually(lambda: is_stopped(notebook))
        assert len(await notebook.letters()) == 20
        notebook.trouble = None
        async with notebook.db.transaction() as tx:
            assert await resume_consumer(tx)
        await eventually(lambda: has_noted(notebook, *names[20:]))
    assert len(await notebook.letters()) == 20


async def test_nineteen_failures_between_good_events_stop_nobody(notebook: Notebook) -> None:
    notebook.trouble = refuse
    root = new_id()
    names = [f"bad{number}" for number in range(19)] + ["good"] + [f"bad{number}" for number in range(19)]
    await notebook.send(*(organization(name, root=root, version=at) for at, name in enumerate(names, 1)))
    async with notebook.consuming(batch=100):
        await eventually(lambda: has_letters(notebook, 38))
        await eventually(lambda: has_noted(notebook, "good"))
    assert await notebook.rows("SELECT reason FROM consumer_stop") == []
