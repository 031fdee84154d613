"""What people do by hand from the command line: look first, then mend; and the alarm is over with its fault."""

import json
from typing import Any

import pytest

from shared.contracts.topics import ALARMS
from shared.messaging.alarms import raise_alarm
from shared.messaging.outbox import publish
from tests.integration.shared.notebook import SERVICE, TOPIC, Notebook, organization
from tests.integration.shared.processes import verb
from tests.integration.shared.test_poison import has_letters
from tests.support.waiting import eventually


class Desk:
    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    async def says(self, *words: str, kafka: str | None = None, dsn: str | None = None) -> tuple[int, str]:
        where = self._notebook
        return await verb(*words, dsn=dsn or where.db.dsn, kafka=kafka or where.bootstrap, prefix=where.prefix)

    async def status(self, *, kafka: str | None = None) -> tuple[int, dict[str, Any]]:
        code, said = await self.says("status", "--json", kafka=kafka)
        return code, json.loads(said)


@pytest.fixture
def desk(notebook: Notebook) -> Desk:
    return Desk(notebook)


async def beats(notebook: Notebook, *roles: str) -> None:
    for role in roles:
        await notebook.run(
            "INSERT INTO heartbeats VALUES (:role, clock_timestamp()) "
            "ON CONFLICT (role) DO UPDATE SET beat_at = EXCLUDED.beat_at",
            role=role,
        )


async def alarm(notebook: Notebook, name: str, subject: str) -> None:
    async with notebook.db.transaction() as tx:
        await raise_alarm(tx, service=SERVICE, alarm=name, subject=subject)


async def test_a_service_that_is_well_is_fine_and_exits_0(notebook: Notebook, desk: Desk) -> None:
    await beats(notebook, "api", "stream")
    code, said = await desk.says("status")
    assert code == 0, said
    assert said.startswith(f"{SERVICE}: fine"), said
    assert "Kafka       answers" in said
    code, found = await desk.status()
    assert (code, found["wrong"], found["kafka_answers"], found["database_answers"]) == (0, [], True, True)


async def test_a_process_that_was_never_seen_or_is_silent_is_wrong(notebook: Notebook, desk: Desk) -> None:
    await beats(notebook, "stream")
    await notebook.run("UPDATE heartbeats SET beat_at = beat_at - interval '25 seconds'")
    code, found = await desk.status()
    assert (code, len(found["wrong"])) == (1, 2)
    assert found["wrong"][0] == "process api was never seen"
    assert found["wrong"][1].startswith("process stream has been silent for 2")


async def test_everything_that_is_stuck_is_told_in_words(notebook: Notebook, desk: Desk) -> None:
    await beats(notebook, "api", "stream")
    async with notebook.db.transaction() as tx:
        await publish(tx, organization("waits"), organization("set aside"))
    await notebook.run("UPDATE outbox SET created_at = created_at - interval '1 minute'")
    await notebook.run("UPDATE outbox SET set_aside_at = now(), failures = 3 WHERE id = (SELECT max(id) FROM outbox)")
    await notebook.run("INSERT INTO consumer_stop (id, reason) VALUES (1, 'too_many_dead_letters')")
    await alarm(notebook, "dead_letter", TOPIC)
    code, found = await desk.status()
    assert code == 1
    words = "; ".join(found["wrong"])
    # The alarm's own event waits too.
    assert "2 events wait to be published, the first for 6" in words
    assert "1 events are set aside" in words
    assert "the consumer is stopped: too_many_dead_letters" in words
    assert f"alarm dead_letter about {TOPIC} is raised" in words
    assert found["outbox"]["set_aside"] == 1


async def test_without_kafka_status_and_positions_tell_what_the_database_knows(notebook: Notebook, desk: Desk) -> None:
    await beats(notebook, "api", "stream")
    await notebook.send(organization("heron"))
    async with notebook.consuming():
        await eventually(lambda: _has_noted(notebook, 1))
    code, found = await desk.status(kafka="127.0.0.1:1")
    assert (code, found["kafka_answers"], found["wrong"]) == (1, False, ["Kafka does not answer"])
    assert {topic["lag"] for topic in found["topics"]} == {None}
    code, said = await desk.says("positions", "list", kafka="127.0.0.1:1")
    assert code == 0
    assert "Kafka does not answer" in said
    assert notebook.prefix + TOPIC in said


async def test_positions_tell_lag_and_what_is_outside_the_log(notebook: Notebook, desk: Desk) -> None:
    await beats(notebook, "api", "stream")
    await notebook.send(organization("heron"))
    async with notebook.consuming():
        await eventually(lambda: _has_noted(notebook, 1))
    root = organization("kestrel")
    await notebook.send(root, organization("kestrel", version=2, root=root.organization.organization_id))
    code, found = await desk.status()
    lag = {topic["topic"]: (topic["lag"], topic["worst_lag"]) for topic in found["topics"]}
    assert (code, lag[notebook.prefix + TOPIC]) == (0, (2, 2))
    await notebook.run(
        "UPDATE consumer_positions SET next_offset = 1000 WHERE topic LIKE '%organizations' AND partition = 3"
    )
    code, found = await desk.status()
    assert (code, found["outside_log"]) == (1, [f"{notebook.prefix}{TOPIC}/3"])
    assert "True" in (await desk.says("positions", "list"))[1]


async def test_without_a_database_status_says_so(desk: Desk) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    code, said = await desk.says("status", dsn=nowhere)
    assert (code, "DEGRADED" in said, "does not answer" in said) == (1, True, True)
    code, said = await desk.says("outbox", "list", dsn=nowhere)
    assert (code, "does not answer" in said, "Traceback" in said) == (1, True, False)


async def test_the_outbox_is_listed_and_shown_without_its_bodies(notebook: Notebook, desk: Desk) -> None:
    assert (await desk.says("outbox", "list")) == (0, "none waits\n")
    async with notebook.db.transaction() as tx:
        await publish(tx, organization("canary-name"))
    code, listed = await desk.says("outbox", "list")
    assert (code, TOPIC in listed, "canary" in listed) == (0, True, False)
    (row,) = await notebook.rows("SELECT id FROM outbox")
    code, shown = await desk.says("outbox", "show", str(row["id"]))
    assert (code, "truce.alerts.organization.registered.v1" in shown, "canary" in shown) == (0, True, False)
    for absent in ("999999", "0", str(2**70)):
        code, said = await desk.says("outbox", "show", absent)
        assert (code, said) == (1, "not-found: no such outbox row\n")


async def test_retrying_what_was_set_aside_ends_its_alarm(notebook: Notebook, desk: Desk) -> None:
    async with notebook.db.transaction() as tx:
        await publish(tx, organization())
    await notebook.run("UPDATE outbox SET set_aside_at = now(), set_aside_reason = 'Refused', failures = 3")
    await alarm(notebook, "outbox_row_set_aside", TOPIC)
    code, listed = await desk.says("outbox", "list", "--set-aside")
    assert (code, "Refused" in listed) == (0, True)
    assert (await desk.says("outbox", "retry"))[1].startswith("1 events")
    assert await notebook.alarms() == {("outbox_row_set_aside", TOPIC): "cleared"}


async def test_resuming_a_consumer_ends_its_alarm_so_that_the_next_stop_is_told(notebook: Notebook, desk: Desk) -> None:
    await notebook.run("INSERT INTO consumer_stop (id, reason) VALUES (1, 'too_many_dead_letters')")
    await alarm(notebook, "consumer_stopped", "too_many_dead_letters")
    assert (await desk.says("consumer", "resume")) == (0, "resumed\n")
    assert await notebook.alarms() == {("consumer_stopped", "too_many_dead_letters"): "cleared"}
    assert (await desk.says("consumer", "resume")) == (0, "it was not stopped\n")


async def test_settling_the_last_letter_of_a_topic_ends_its_alarm(notebook: Notebook, desk: Desk) -> None:
    await notebook.send_raw(*([(b"k", b"not an event", [("x", b"y")])] * 2))
    async with notebook.consuming():
        await eventually(lambda: has_letters(notebook, 2))
    first, last = [str(row["id"]) for row in await notebook.letters()]
    await desk.says("dead-letters", "discard", first)
    assert await notebook.alarms() == {("dead_letter", TOPIC): "raised"}
    await desk.says("dead-letters", "discard", last)
    assert await notebook.alarms() == {("dead_letter", TOPIC): "cleared"}


async def test_all_letters_are_replayed_each_by_itself_and_what_cannot_be_stays(notebook: Notebook, desk: Desk) -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError("a defect that is mended later")

    notebook.trouble = fails
    await notebook.send_raw((b"k", b"not an event", [("x", b"y")]))
    await notebook.send(organization("heron"), organization("kestrel"))
    async with notebook.consuming():
        await eventually(lambda: has_letters(notebook, 3))
    code, said = await desk.says("dead-letters", "replay", "--all")
    assert (code, said) == (1, "2 replayed, 1 could not be applied and stay\n")
    settled = {row["reason"]: row["settlement"] for row in await notebook.letters()}
    assert settled == {"use_case_failed": "replayed", "bad_envelope": None}
    code, said = await desk.says("dead-letters", "replay", "--all", "--since", "2999-01-01T00:00:00")
    assert (code, said) == (0, "0 replayed, 0 could not be applied and stay\n")
    for words in (("replay",), ("replay", "--since", "2999-01-01T00:00:00")):
        code, said = await desk.says("dead-letters", *words)
        assert code == 2, said


async def test_alarms_are_listed_acknowledged_and_cleared(notebook: Notebook, desk: Desk) -> None:
    assert (await desk.says("alarms", "list")) == (0, "none stands\n")
    await alarm(notebook, "quiet_source", "police")
    assert "police" in (await desk.says("alarms", "list"))[1]
    assert (await desk.says("alarms", "acknowledge", "quiet_source", "police")) == (0, "acknowledged\n")
    assert (await desk.says("alarms", "clear", "quiet_source", "police")) == (0, "cleared\n")
    assert (await desk.says("alarms", "clear", "quiet_source", "police"))[0] == 1
    states = [body["alarm"]["state"] for body in await _waiting(notebook)]
    assert states == ["raised", "acknowledged", "cleared"]


async def _waiting(notebook: Notebook) -> list[Any]:
    rows = await notebook.rows("SELECT value FROM outbox WHERE topic = :topic ORDER BY id", topic=ALARMS.name)
    return [json.loads(row["value"]) for row in rows]


async def _has_noted(notebook: Notebook, count: int) -> bool:
    return len(await notebook.noted()) == count
