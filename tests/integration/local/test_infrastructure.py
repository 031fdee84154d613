"""Real PostgreSQL, Kafka and issuer, started from a path with spaces."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from urllib.request import urlopen

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from joserfc import jwt
from joserfc.jwk import KeySet

from deploy.local.credentials import SERVICES
from deploy.local.probes import until
from deploy.local.stack import LocalStack
from deploy.local.supervised import Phase


async def test_each_service_owns_its_database_and_no_other(infrastructure: LocalStack) -> None:
    databases = infrastructure.wiring.databases
    for service in SERVICES:
        connection = await asyncpg.connect(databases.dsn(service))
        assert await connection.fetchval("SELECT current_user || ' ' || current_database()") == (
            f"truce_{service} truce_{service}"
        )
        await connection.execute("CREATE TABLE IF NOT EXISTS mine (word text)")
        await connection.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(databases.dsn("intake").rpartition("/")[0] + "/truce_casework")


async def test_a_wrong_password_is_refused(infrastructure: LocalStack) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(infrastructure.wiring.databases.dsn("intake").replace(":", ":x", 2).replace(":x", ":", 1))


async def test_the_server_keeps_promises_to_disk_and_values_out_of_its_log(infrastructure: LocalStack) -> None:
    connection = await asyncpg.connect(infrastructure.wiring.databases.dsn("intake"))
    assert await connection.fetchval("SHOW fsync") == "on"
    await connection.execute("CREATE TEMP TABLE told (name text UNIQUE); INSERT INTO told VALUES ('canary-4711')")
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("INSERT INTO told VALUES ('canary-4711')")
    await connection.close()
    log = infrastructure.supervisor.log_path("postgres").read_text()
    assert "duplicate key" in log
    assert "canary-4711" not in log


async def test_kafka_keeps_its_records_when_it_is_killed(infrastructure: LocalStack) -> None:
    bootstrap = infrastructure.wiring.kafka_bootstrap
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("kept", num_partitions=1, replication_factor=1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True) as producer:
        await producer.send_and_wait("kept", b"before")

    broker = infrastructure.process("kafka")
    first = broker.pid
    broker.kill()

    async def is_back() -> bool:
        return broker.pid not in {first, None} and broker.phase is Phase.READY

    await until(is_back, timedelta(seconds=20))
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True) as producer:
        await producer.send_and_wait("kept", b"after")
    assert await _read(bootstrap, "kept", 2) == [b"before", b"after"]


async def _read(bootstrap: str, topic: str, count: int) -> list[bytes | None]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        async with asyncio.timeout(10):
            return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


async def test_a_minted_token_stands_up_to_the_published_keys(infrastructure: LocalStack) -> None:
    issuer = infrastructure.wiring.issuer_url
    discovery = await _fetch(f"{issuer}/.well-known/openid-configuration")
    assert discovery["issuer"] == issuer
    published = await _fetch(discovery["jwks_uri"])
    assert all("d" not in key for key in published["keys"])

    token = infrastructure.token(["dispatcher", "supervisor"], sub="somebody", org="o-1", worker="w-1")
    decoded = jwt.decode(token, KeySet.import_key_set(published), algorithms=["ES256"])
    assert decoded.header["typ"] == "at+jwt"
    assert decoded.claims["roles"] == ["dispatcher", "supervisor"]
    assert (decoded.claims["aud"], decoded.claims["iss"]) == ("truce", issuer)
    assert (decoded.claims["sub"], decoded.claims["org"], decoded.claims["worker"]) == ("somebody", "o-1", "w-1")
    assert decoded.claims["exp"] - decoded.claims["iat"] == 12 * 3600


async def _fetch(url: str) -> Any:
    return await asyncio.to_thread(lambda: json.loads(urlopen(url, timeout=5).read()))


async def test_the_issuer_signs_with_the_same_key_after_a_restart(infrastructure: LocalStack) -> None:
    token = infrastructure.token(["auditor"])
    await infrastructure.supervisor.halt("issuer")
    await infrastructure.supervisor.resume("issuer")
    published = await _fetch(f"{infrastructure.wiring.issuer_url}/jwks.json")
    assert jwt.decode(token, KeySet.import_key_set(published), algorithms=["ES256"]).claims["roles"] == ["auditor"]


async def test_postgres_is_back_with_its_data_when_it_is_killed(infrastructure: LocalStack) -> None:
    dsn = infrastructure.wiring.databases.dsn("alerts")
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE TABLE survived AS SELECT 42 AS answer")
    await connection.close()
    server = infrastructure.process("postgres")
    first = server.pid
    server.kill()

    async def is_back() -> bool:
        return server.pid not in {first, None} and server.phase is Phase.READY

    await until(is_back, timedelta(seconds=20))
    connection = await asyncpg.connect(dsn)
    assert await connection.fetchval("SELECT answer FROM survived") == 42
    await connection.close()
