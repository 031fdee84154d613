"""Records that cannot be applied: kept whole, told to a person, passed by."""

import asyncio
import base64
import json

import pytest

from shared.contracts.events.organizations import OrganizationEvent
from shared.contracts.topics import ALARMS
from shared.kernel.errors import NotFound
from shared.kernel.ids import new_id
from shared.messaging.alarms import raise_alarm
from shared.messaging.dead_letters import StillPoison, discard_letter, list_letters, replay_letter, show_letter
from shared.messaging.mending import Mender, discard
from shared.persistence.transaction import Transaction
from tests.integration.shared.notebook import DEAD_LETTERS, SERVICE, TOPIC, Notebook, headers, organization
from tests.support.waiting import eventually


async def has_noted(notebook: Notebook, *names: str) -> bool:
    assert sorted(await notebook.names()) == sorted(names)
    return True


async def has_letters(notebook: Notebook, count: int) -> bool:
    return len(await notebook.letters()) == count


async def has_published(notebook: Notebook, topic: str, count: int) -> bool:
    return len(await notebook.on_topic(topic)) == count


async def refuse(_: Transaction, event: OrganizationEvent) -> None:
    if event.organization.name.startswith("bad"):
        raise ValueError(f"a rule was broken by {event.organization.name}")


async def test_poison_is_set_aside_whole_and_later_events_of_its_key_are_applied(notebook: Notebook) -> None:
    root = new_id()
    key = str(root).encode()
    first, third = organization("first", root=root), organization("third", root=root, version=3)
    pairs = [*headers(organization("second", root=root, version=2)), ("x-odd \x00 näme%41", b"\x00\xff")]
    await notebook.send(first)
    await notebook.send_raw((key, b"\xff\x00 not an event", pairs))
    await notebook.send(third)
    async with notebook.consuming(), notebook.relaying():
        await eventually(lambda: has_noted(notebook, "first", "third"))
        await eventually(lambda: has_published(notebook, DEAD_LETTERS, 1))
        await eventually(lambda: has_published(notebook, ALARMS.name, 1))
    (letter,) = await notebook.letters()
    assert (letter["topic"], letter["record_offset"], letter["reason"]) == (TOPIC, 1, "bad_body")
    assert (bytes(letter["key"]), bytes(letter["value"])) == (key, b"\xff\x00 not an event")
    assert await notebook.alarms() == {("dead_letter", TOPIC): "raised"}
    (copy,) = await notebook.on_topic(DEAD_LETTERS)
    told = dict(copy.headers)
    assert copy.value == b"\xff\x00 not an event"
    assert told["x-truce-reason"] == b"bad_body"
    assert told["x-truce-origin"] == f"{TOPIC}/{letter['partition']}/1".encode()
    original = json.loads(base64.b64decode(told["x-truce-headers"]))
    assert base64.b64decode(dict(original)["ce_subject"]) == key
    assert len(original) == len(pairs)


@pytest.mark.parametrize(
    "odd",
    [
        (None, b"", []),
        (b"\x00", b"\x00", [("\x00", b"\x00")]),
        (b"\xff" * 1000, b"[" * 30_000, [("ce_type", b"\xff")] * 50),
        (b"k", b"x" * 1_500_000, []),
        (b"", b"", [("", b"")]),
    ],
    ids=["nothing", "NUL everywhere", "bad bytes everywhere", "1.5 MB", "empty"],
)
async def test_no_record_however_odd_holds_the_stream(
    notebook: Notebook, odd: tuple[bytes | None, bytes | None, list[tuple[str, bytes]]]
) -> None:
    await notebook.send_raw(*([odd] * 3))
    await notebook.send(*(organization(f"n{number}") for number in range(24)))
    async with notebook.consuming(), notebook.relaying():
        await eventually(lambda: has_noted(notebook, *(f"n{number}" for number in range(24))))
        await eventually(lambda: has_letters(notebook, 3))
        await eventually(lambda: has_published(notebook, DEAD_LETTERS, 3))
    assert {bytes(row["value"]) if row["value"] is not None else None for row in await notebook.letters()} == {odd[1]}


async def test_one_failing_event_is_parted_from_its_batch(notebook: Notebook) -> None:
    notebook.trouble = refuse
    names = [f"n{number}" for number in range(30)]
    await notebook.send(*(organization(name) for name in [*names[:15], "bad secret", *names[15:]]))
    async with notebook.consuming(batch=100):
        await eventually(lambda: has_noted(notebook, *names))
        await eventually(lambda: has_letters(notebook, 1))
    (letter,) = await notebook.letters()
    assert (letter["reason"], letter["detail"]) == ("use_case_failed", "ValueError")


async def test_a_constraint_is_named_in_the_letter_and_the_value_is_not(notebook: Notebook) -> None:
    await notebook.send(organization("unwritable"), organization("fine"))
    async with notebook.consuming():
        await eventually(lambda: has_noted(notebook, "fine"))
        await eventually(lambda: has_letters(notebook, 1))
    (letter,) = await notebook.letters()
    assert letter["detail"] == "CheckViolationError 23514 noted_name_check"


@pytest.mark.parametrize("state", ["40001", "40P01", "57P01", "53100"])
async def test_a_passing_fault_of_the_database_is_retried_and_nothing_is_set_aside(
    notebook: Notebook, state: str
) -> None:
    tries = 0

    async def fail_thrice(tx: Transaction, _: OrganizationEvent) -> None:
        nonlocal tries
        tries += 1
        if tries <= 3:
            await tx.run(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$")

    notebook.trouble = fail_thrice
    await notebook.send(organization("one"))
    async with notebook.consuming():
        await eventually(lambda: has_noted(notebook, "one"))
    assert await notebook.letters() == []
    assert tries == 4


async def test_a_copy_that_would_not_fit_leaves_the_rest_to_the_database(notebook: Notebook) -> None:
    large = [(f"x{number}", b"x" * 50_000) for number in range(20)]
    await notebook.send_raw((b"k", b"v" * 1_000_000, large), (b"k", b"v" * 2_160_000, []))
    async with notebook.consuming(), notebook.relaying():
        await eventually(lambda: has_published(notebook, DEAD_LETTERS, 2))
    first, second = await notebook.on_topic(DEAD_LETTERS)
    assert (len(first.value or b""), len(second.value or b"")) == (1_000_000, 0)
    assert dict(first.headers)["x-truce-headers-left-out"] == b"20"
    assert dict(second.headers)["x-truce-value-left-out"] == b"2160000"
    headed, long = await notebook.letters()
    kept = json.loads(headed["headers"]) if isinstance(headed["headers"], str) else headed["headers"]
    assert [(name, base64.b64decode(value)) for name, value in kept] == large
    assert len(long["value"]) == 2_160_000


async def test_a_replay_applies_a_letter_once_whatever_came_after_it(notebook: Notebook) -> None:
    root = new_id()
    notebook.trouble = refuse
    await notebook.send(
        organization("one", root=root), organization("bad two", root=root, version=2),
        organization("three", root=root, version=3),
    )  # fmt: skip
    async with notebook.consuming():
        await eventually(lambda: has_noted(notebook, "one", "three"))
        await eventually(lambda: has_letters(notebook, 1))
    (letter,) = await notebook.letters()

    async def replay() -> None:
        async with notebook.db.transaction() as tx:
            await replay_letter(tx, letter["id"], notebook.subscriptions, by="a person")

    with pytest.raises(ValueError, match="a rule was broken"):
        await replay()
    assert (await notebook.letters())[0]["settlement"] is None
    notebook.trouble = None
    await replay()
    with pytest.raises(NotFound):
        await replay()
    assert await notebook.names() == ["one", "three", "bad two"]
    (seen,) = await notebook.rows("SELECT version FROM applied")
    assert seen["version"] == 3
    async with notebook.db.transaction() as tx:
        assert await list_letters(tx) == []
        assert [row["settlement"] for row in await list_letters(tx, settled_too=True)] == ["replayed"]
        assert (await show_letter(tx, letter["id"]))["settled_by"] == "a person"


async def test_another_copy_of_what_was_set_aside_is_not_applied_beside_its_letter(notebook: Notebook) -> None:
    """A relay that died between sending and marking sends again; so does republishing from the outbox."""
    notebook.trouble = refuse
    bad, root = organization("bad one"), new_id()
    await notebook.send(bad)
    async with notebook.consuming():
        await eventually(lambda: has_letters(notebook, 1))
        notebook.trouble = None
        await notebook.send(bad, organization("fine", root=root))
        await eventually(lambda: has_noted(notebook, "fine"))
    (letter,) = await notebook.letters()
    async with notebook.db.transaction() as tx:
        await replay_letter(tx, letter["id"], notebook.subscriptions, by="a person")
    assert sorted(await notebook.names()) == ["bad one", "fine"]


async def test_a_letter_that_comes_while_the_last_one_is_settled_keeps_the_alarm(notebook: Notebook) -> None:
    notebook.trouble = refuse
    await notebook.send(organization("bad"))
    async with notebook.consuming():
        await eventually(lambda: has_letters(notebook, 1))
    (letter,) = await notebook.letters()
    mender = Mender(SERVICE, notebook.subscriptions, by="a person")

    async def settle() -> None:
        async with notebook.db.transaction() as tx:
            await discard(tx, letter["id"], mender)

    async with notebook.db.transaction() as tx:
        await tx.run(
            "INSERT INTO dead_letters (id, cluster_id, topic, partition, record_offset, headers, reason, detail)"
            " VALUES (:id, 'c', :topic, 0, 99, '[]', 'bad_body', '')",
            id=new_id(),
            topic=TOPIC,
        )
        await raise_alarm(tx, service=SERVICE, alarm="dead_letter", subject=TOPIC)
        settling = asyncio.create_task(settle())
        await eventually(lambda: waits_for_a_lock(notebook))
    await settling
    assert await notebook.alarms() == {("dead_letter", TOPIC): "raised"}


async def waits_for_a_lock(notebook: Notebook) -> bool:
    waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(await notebook.rows(waiting))


async def test_what_is_still_poison_stays_set_aside_and_can_be_discarded(notebook: Notebook) -> None:
    await notebook.send_raw((b"k", b"not an event", headers(organization())))
    async with notebook.consuming():
        await eventually(lambda: has_letters(notebook, 1))
    (letter,) = await notebook.letters()

    async def replay() -> None:
        async with notebook.db.transaction() as tx:
            await replay_letter(tx, letter["id"], notebook.subscriptions, by="a person")

    with pytest.raises(StillPoison):
        await replay()
    async with notebook.db.transaction() as tx:
        assert len(await list_letters(tx)) == 1
        await discard_letter(tx, letter["id"], by="a person")
    with pytest.raises(NotFound):
        await replay()
    with pytest.raises(NotFound):
        async with notebook.db.transaction() as tx:
            await show_letter(tx, new_id())
