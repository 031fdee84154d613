"""Kafka goes away and comes back, on a broker of these tests' own: nothing is lost, and nobody is blamed for it."""

import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.ports import Ports, free_ports
from deploy.local.probes import AnswersOk
from deploy.local.processes import ProcessSpec
from deploy.local.stack import LocalStack, StackOptions
from shared.contracts.topics import consumed_by
from shared.kernel.ids import new_id
from shared.messaging.kafka import answers, create_topics
from shared.messaging.outbox import append, publish
from shared.persistence.database import Database
from tests.integration.shared.notebook import SERVICE, organization
from tests.integration.shared.processes import environment, role, verb
from tests.support.waiting import eventually

STREAM = "stream-of-the-test"
pytestmark = pytest.mark.timeout(240)  # a client takes a quarter of a minute to believe that its broker is gone


@pytest.fixture(scope="module")
async def own(births: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalStack]:
    """A stack that may be hurt, with the service's schema and topics."""
    stack = LocalStack(tmp_path_factory.mktemp("hurt"), Ports.free(), StackOptions(durable=False))
    await stack.start_infrastructure()
    try:
        dsn = stack.wiring.databases.dsn(SERVICE)
        # The topics that casework reads are others' to create.
        code, said = await verb("migrate", dsn=dsn, kafka=stack.wiring.kafka_bootstrap)
        assert code == 0, said
        read = {topic.name: topic.partitions for topic in consumed_by(SERVICE)}
        await create_topics(stack.wiring.kafka_bootstrap, read)
        yield stack
    finally:
        await stack.stop()
        stack.wipe()


@pytest.fixture
async def db(own: LocalStack) -> AsyncIterator[Database]:
    made = Database(own.wiring.databases.dsn(SERVICE), pool_size=3)
    yield made
    await made.close()


async def test_what_was_written_while_the_broker_was_away_is_published_and_applied_after_it_returns(
    own: LocalStack, db: Database
) -> None:
    (port,) = free_ports(1)
    variables = environment(db.dsn, own.wiring.kafka_bootstrap, "", port)
    spec = ProcessSpec(
        name=STREAM,
        command=[sys.executable, "-m", f"services.{SERVICE}", "stream"],
        is_ready=AnswersOk(port),
        environment={name: value for name, value in variables.items() if name.startswith("TRUCE_")},
    )
    await own.supervisor.start([spec])
    await _write(db, 100)
    await eventually(lambda: _all_published(db), within_s=30)
    await eventually(lambda: _has_applied(db, 100), within_s=30)

    await create_topics(own.wiring.kafka_bootstrap, {"made.later": 1})
    await own.supervisor.halt("kafka")
    async with db.transaction() as tx:  # the first of them to a topic that this process has not heard of yet
        await append(tx, event_id=new_id(), topic="made.later", key="k", headers={}, value=b"{}")
        await publish(tx, *(organization(f"n{number}") for number in range(200)))
    await eventually(lambda: _was_restarted(own), within_s=60)
    assert not await answers(own.wiring.kafka_bootstrap)
    await own.supervisor.resume("kafka")

    await eventually(lambda: _all_published(db), within_s=45)
    await eventually(lambda: _has_applied(db, 300), within_s=45)
    async with db.transaction() as tx:
        blamed = await tx.rows("SELECT id FROM outbox WHERE failures > 0 OR set_aside_at IS NOT NULL")
        letters = await tx.rows("SELECT id FROM dead_letters")
    assert (blamed, letters) == ([], [])
    await own.supervisor.halt(STREAM)


async def test_a_stream_told_to_stop_while_the_broker_is_away_exits_0_within_ten_seconds(
    own: LocalStack, db: Database, tmp_path: Path
) -> None:
    async with role("stream", tmp_path, dsn=db.dsn, kafka=own.wiring.kafka_bootstrap) as stream:
        await _write(db, 10)
        await eventually(lambda: _all_published(db), within_s=30)
        await own.supervisor.halt("kafka")
        await _write(db, 10)
        await eventually(lambda: _lease_is_held(db))
        stream.tell(signal.SIGTERM)
        assert await stream.ended(within_s=10) == 0, stream.output
    await own.supervisor.resume("kafka")
    async with role("stream", tmp_path, dsn=db.dsn, kafka=own.wiring.kafka_bootstrap):
        await eventually(lambda: _all_published(db), within_s=30)


async def test_a_stream_started_before_its_broker_waits_for_it(own: LocalStack, db: Database, tmp_path: Path) -> None:
    await own.supervisor.halt("kafka")
    async with role("stream", tmp_path, dsn=db.dsn, kafka=own.wiring.kafka_bootstrap) as stream:
        await _write(db, 10)
        await eventually(lambda: _has_said(stream.output, "kafka.waiting"), within_s=15)
        await own.supervisor.resume("kafka")
        await eventually(lambda: _all_published(db), within_s=30)
        assert not stream.has_ended


async def _write(db: Database, count: int) -> None:
    async with db.transaction() as tx:
        await publish(tx, *(organization(f"n{number}") for number in range(count)))


async def _all_published(db: Database) -> bool:
    async with db.transaction() as tx:
        return not await tx.rows("SELECT id FROM outbox WHERE published_at IS NULL")


async def _has_applied(db: Database, events: int) -> bool:
    async with db.transaction() as tx:
        return bool((await tx.row("SELECT count(*) AS n FROM applied"))["n"] == events)


async def _was_restarted(own: LocalStack) -> bool:
    return own.process(STREAM).restarts > 0


async def _lease_is_held(db: Database) -> bool:
    async with db.transaction() as tx:
        return bool(await tx.rows("SELECT id FROM relay_lease WHERE expires_at > clock_timestamp()"))


async def _has_said(output: str, word: str) -> bool:
    return word in output
