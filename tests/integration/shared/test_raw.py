"""What the client cannot read stops no partition: its neighbours are applied, it is kept whole, the stream goes on."""

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.messaging.dead_letters import replay_letter
from shared.messaging.kafka import TOPIC_SETTINGS, create_topics
from tests.integration.shared.notebook import PARTITIONS, SERVICE, TOPIC, Notebook, body, headers, organization
from tests.integration.shared.test_poison import has_letters, has_noted
from tests.support.deployment import Deployment
from tests.support.raw_batches import RawRecord, batch_of, send_batches
from tests.support.waiting import eventually

ODD = (b"\xff\xfe odd", b"1")


def raw(name: str, *more: tuple[bytes, bytes]) -> RawRecord:
    event = organization(name)
    pairs: list[tuple[bytes, bytes | None]] = [(header.encode(), value) for header, value in headers(event)]
    return event.root.encode(), body(event), [*pairs, *more]


async def put(notebook: Notebook, *batches: bytes, partition: int = 0) -> None:
    codes = await send_batches(notebook.bootstrap, notebook.prefix + TOPIC, partition, *batches)
    assert set(codes) == {0}


@pytest.fixture
async def old(deployment: Deployment) -> Notebook:
    """On a topic as an earlier version made it: whatever codec a producer chose is what the log holds."""
    admin = AIOKafkaAdminClient(bootstrap_servers=deployment.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(deployment.prefix + TOPIC, PARTITIONS[TOPIC], 1)])
    await admin.close()
    return Notebook(deployment, await deployment.database(SERVICE))


@pytest.mark.parametrize("codec", [0, 1], ids=["plain", "gzip"])
@pytest.mark.parametrize("batch", [1, 2, 100])
async def test_a_record_with_an_odd_name_parts_nobody_from_its_batch(old: Notebook, codec: int, batch: int) -> None:
    notebook, names = old, [f"n{number}" for number in range(12)]
    good = [raw(name) for name in names]
    mixed = [*good[:2], raw("odd", ODD), good[2], raw("odder", ODD), *good[3:6]]
    await put(notebook, batch_of(mixed, codec=codec))
    await put(notebook, batch_of(good[6:], codec=codec), partition=1)
    await notebook.migrate()
    async with notebook.consuming(batch=batch):
        await eventually(lambda: has_noted(notebook, *names), within_s=30)
        await eventually(lambda: has_letters(notebook, 2))
    first, second = await notebook.letters()
    assert [(row["record_offset"], row["reason"]) for row in (first, second)] == [(2, "unreadable"), (4, "unreadable")]
    assert await notebook.applied() == 14
    async with notebook.db.transaction() as tx:  # a person finds that the odd name does no harm
        await replay_letter(tx, first["id"], notebook.subscriptions, by="a person")
    assert "odd" in await notebook.names()


async def test_what_other_partitions_had_ready_when_the_client_failed_is_not_lost(notebook: Notebook) -> None:
    names = [f"n{number}" for number in range(33)]
    await put(notebook, *(batch_of([raw("odd", ODD)]) for _ in range(3)))
    for partition in range(1, 12):
        own = names[3 * partition - 3 : 3 * partition]
        await put(notebook, *(batch_of([raw(name)]) for name in own), partition=partition)
    async with notebook.consuming(batch=1000):
        await eventually(lambda: has_noted(notebook, *names), within_s=30)
        await eventually(lambda: has_letters(notebook, 3))


@pytest.mark.parametrize("codec", [2, 3, 4], ids=["snappy", "lz4", "zstd"])
async def test_an_old_topics_batch_in_a_codec_we_lack_is_kept_whole_and_passed_by(old: Notebook, codec: int) -> None:
    notebook = old
    locked = batch_of([raw("a"), raw("b"), raw("c")], codec=codec)
    await put(notebook, batch_of([raw("before")]), locked, batch_of([raw("between")]), locked)
    await notebook.migrate()
    await eventually(lambda: has_settings(notebook, TOPIC_SETTINGS))
    await put(notebook, batch_of([raw("in the new form")], codec=codec))
    async with notebook.consuming():
        await eventually(lambda: has_noted(notebook, "before", "between", "in the new form"))
        await eventually(lambda: has_letters(notebook, 2))
    letters = await notebook.letters()
    assert [row["record_offset"] for row in letters] == [3, 7]
    assert "UnsupportedCodecError" in letters[0]["detail"]
    assert bytes(letters[0]["value"])[61:] == locked[61:]
    assert await notebook.applied() == 9


def rot(notebook: Notebook, was: bytes, becomes: bytes) -> None:
    """Changes the broker's file behind its back; the checksum stays."""
    folder = notebook.deployment.stack.places.kafka
    (segment,) = folder.glob(f"*/{notebook.prefix}{TOPIC}-0/*.log")
    at = segment.read_bytes().index(was)
    with segment.open("r+b") as file:
        file.seek(at)
        file.write(becomes)


async def test_a_batch_whose_bytes_rotted_on_the_brokers_disk_is_passed_by(notebook: Notebook) -> None:
    await put(notebook, batch_of([raw("before")]), batch_of([raw("rotten"), raw("too")]), batch_of([raw("behind")]))
    rot(notebook, b'"rotten"', b'"r0tten"')
    async with notebook.consuming():
        await eventually(lambda: has_noted(notebook, "before", "behind"))
        await eventually(lambda: has_letters(notebook, 1))
    (letter,) = await notebook.letters()
    assert (letter["record_offset"], letter["reason"]) == (2, "unreadable")
    assert b'"r0tten"' in bytes(letter["value"])


async def settings_of(notebook: Notebook) -> dict[str, str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=notebook.bootstrap)
    await admin.start()
    try:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, notebook.prefix + TOPIC)])
        return {entry[0]: entry[1] for entry in answer.resources[0][4]}
    finally:
        await admin.close()


async def has_settings(notebook: Notebook, wanted: dict[str, str]) -> bool:
    found = await settings_of(notebook)
    assert {name: found[name] for name in wanted} == wanted
    return True


async def test_migrating_gives_an_old_topic_the_settings_it_lacks_and_leaves_it_the_others(old: Notebook) -> None:
    topic, own = old.prefix + TOPIC, {"segment.ms": "777777777"}
    admin = AIOKafkaAdminClient(bootstrap_servers=old.bootstrap)
    await admin.start()
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, own)])
    await admin.close()
    await eventually(lambda: has_settings(old, own))
    for _ in range(2):
        await create_topics(old.bootstrap, {topic: PARTITIONS[TOPIC]})
        await eventually(lambda: has_settings(old, TOPIC_SETTINGS | own))
