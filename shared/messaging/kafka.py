"""The one place where Kafka clients are made, with settings that lose nothing (the library's defaults do)."""

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.messaging.outbox import MAX_DEAD_LETTER_BYTES
from shared.observability.logs import get_logger

PRODUCER_SETTINGS: dict[str, Any] = {
    "acks": "all",
    "enable_idempotence": True,
    "linger_ms": 0,
    # Fills up only when much is waiting: then one request carries a hundred events and not six.
    "max_batch_size": 256 * 1024,
    "max_request_size": MAX_DEAD_LETTER_BYTES + 64 * 1024,
    "request_timeout_ms": 15_000,
}
CONSUMER_SETTINGS: dict[str, Any] = {
    "enable_auto_commit": False,
    "auto_offset_reset": "none",
    # Nobody here uses transactions. Waiting for another's open one would hold a partition up for as long as it likes.
    "isolation_level": "read_uncommitted",
    "max_partition_fetch_bytes": 4 * 1024 * 1024,
    "session_timeout_ms": 6_000,
    "heartbeat_interval_ms": 1_000,
    "fetch_max_wait_ms": 250,
    "metadata_max_age_ms": 30_000,
}
TOPIC_SETTINGS = {
    "retention.ms": "-1",
    "cleanup.policy": "delete",
    "max.message.bytes": str(PRODUCER_SETTINGS["max_request_size"]),
    # Whatever a producer sends, the broker writes it plainly: this client has but one of Kafka's four codecs.
    "compression.type": "uncompressed",
}
_SET_ON_TOPIC = 1
_CALL_TIMEOUT_S = 10.0
_ASK_AGAIN_S = 0.02
_RETRY_S = 0.5
log = get_logger(__name__)


def make_producer(bootstrap: str, *, client_id: str) -> AIOKafkaProducer:
    return AIOKafkaProducer(bootstrap_servers=bootstrap, client_id=client_id, **PRODUCER_SETTINGS)


def make_consumer(bootstrap: str, *, client_id: str, group: str | None, linger_ms: int = 0) -> AIOKafkaConsumer:
    """`linger_ms`: how long the broker may gather records before it answers, for readers that nobody waits for."""
    gather = {"fetch_min_bytes": 4 * 1024 * 1024, "fetch_max_wait_ms": linger_ms} if linger_ms else {}
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap, client_id=client_id, group_id=group, **(CONSUMER_SETTINGS | gather)
    )


async def started(client: Any) -> None:
    """Starts a client, waiting for as long as the broker is away."""
    while True:
        try:
            await client.start()
        except (KafkaError, OSError) as error:
            log.warning("kafka.waiting", error=type(error).__name__)
            await asyncio.sleep(_RETRY_S)
        else:
            return


async def answers(bootstrap: str) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=3000)
    try:
        async with asyncio.timeout(_CALL_TIMEOUT_S):
            await admin.start()
    except (KafkaError, OSError):
        return False
    else:
        return True
    finally:
        await admin.close()


async def read_cluster_id(bootstrap: str) -> str:
    """Identity of the cluster: positions belong to it, so a new, empty cluster starts at its own beginning."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await started(admin)
    try:
        async with asyncio.timeout(_CALL_TIMEOUT_S):
            described = await admin.describe_cluster()
        return str(described["cluster_id"])
    finally:
        await admin.close()


async def create_topics(bootstrap: str, topics: dict[str, int], *, replication: int = -1) -> None:
    """Creates what is missing, name → partitions, kept for ever; what is there gets the settings it lacks. Idempotent.

    `replication` -1: the broker's default.

    Raises KafkaError if one is refused, and ValueError if one is there with another number of partitions.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await started(admin)
    try:
        existing = await asyncio.wait_for(admin.describe_topics(), _CALL_TIMEOUT_S)
        have = {topic["topic"]: len(topic["partitions"]) for topic in existing}
        _refuse_other_partitions(topics, have)
        # The library takes "the broker's default" only beside an explicit, here empty, assignment.
        placed: dict[int, list[int]] | None = {} if replication == -1 else None
        new = [
            NewTopic(name, partitions, replication, placed, topic_configs=TOPIC_SETTINGS)
            for name, partitions in topics.items()
            if name not in have
        ]
        if new:
            answer = await asyncio.wait_for(admin.create_topics(new), 3 * _CALL_TIMEOUT_S)
            _raise_refused(answer.topic_errors)
            await asyncio.wait_for(_until_served(admin, [topic.name for topic in new]), 3 * _CALL_TIMEOUT_S)
        await _settle_settings(admin, [name for name in topics if name in have])
    finally:
        await admin.close()


async def _until_served(admin: Any, names: list[str]) -> None:
    """A broker learns of a topic a moment after it was made; a consumer that comes earlier asks again after half a
    minute.
    """
    while True:
        described = await admin.describe_topics(names)
        if all(topic["error_code"] == 0 and _is_led(topic["partitions"]) for topic in described):
            return
        await asyncio.sleep(_ASK_AGAIN_S)


def _is_led(partitions: list[dict[str, Any]]) -> bool:
    return bool(partitions) and all(partition["leader"] >= 0 for partition in partitions)


async def _settle_settings(admin: Any, names: list[str]) -> None:
    """For topics made by an earlier version. What was set on them besides, as by an operator, stays."""
    if not names:
        return
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    (answer,) = await asyncio.wait_for(admin.describe_configs(asked), _CALL_TIMEOUT_S)
    _raise_refused([(name, code) for code, _, _, name, _ in answer.resources])
    changed = []
    for _, _, _, name, entries in answer.resources:
        own = {entry[0]: entry[1] for entry in entries if entry[3] == _SET_ON_TOPIC}
        if own | TOPIC_SETTINGS != own:
            changed.append(ConfigResource(ConfigResourceType.TOPIC, name, own | TOPIC_SETTINGS))
    if changed:
        (altered,) = await asyncio.wait_for(admin.alter_configs(changed), _CALL_TIMEOUT_S)
        _raise_refused([(name, code) for code, _, _, name in altered.resources])


def _refuse_other_partitions(wanted: dict[str, int], have: dict[str, int]) -> None:
    for name, partitions in wanted.items():
        if have.get(name, partitions) != partitions:
            raise ValueError(f"topic {name} has {have[name]} partitions and must have {partitions}")


def _raise_refused(errors: list[tuple[Any, ...]]) -> None:
    for name, code, *_ in errors:
        if code and code != TopicAlreadyExistsError.errno:
            raise for_code(code)(f"topic {name} could not be created or set")
