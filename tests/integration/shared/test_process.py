"""Process roles as they are run: they end in order when told to, lose nothing, and leave nothing unsaid."""

import asyncio
import json
import os
import signal
from pathlib import Path

import aiohttp

from shared.kernel.ids import new_id
from shared.messaging.outbox import publish
from tests.integration.shared.notebook import TOPIC, Notebook, organization
from tests.integration.shared.processes import role, verb
from tests.integration.shared.test_poison import has_letters, refuse
from tests.integration.shared.test_relay import all_published
from tests.support.waiting import eventually

EVENTS = 3000


async def test_a_stream_told_to_stop_exits_0_within_ten_seconds_and_its_successor_misses_nothing(
    notebook: Notebook, tmp_path: Path
) -> None:
    where = {"dsn": notebook.db.dsn, "kafka": notebook.bootstrap, "prefix": notebook.prefix}
    async with role("stream", tmp_path, **where) as first:
        await _write(notebook, 0, EVENTS)
        await eventually(lambda: _some_published(notebook), within_s=30)
        first.tell(signal.SIGTERM)
        assert await first.ended(within_s=10) == 0, first.output
    async with notebook.db.transaction() as tx:
        assert (await tx.row("SELECT expires_at < clock_timestamp() AS over FROM relay_lease"))["over"]
    await _write(notebook, EVENTS, EVENTS + 10)
    async with role("stream", tmp_path, **where):
        await eventually(lambda: all_published(notebook), within_s=30)
    names = [json.loads(record.value or b"")["organization"]["name"] for record in await notebook.on_topic()]
    assert set(names) == {f"n{number}" for number in range(EVENTS + 10)}


async def test_a_killed_stream_is_replaced_and_misses_nothing(notebook: Notebook, tmp_path: Path) -> None:
    where = {"dsn": notebook.db.dsn, "kafka": notebook.bootstrap, "prefix": notebook.prefix}
    async with role("stream", tmp_path, **where) as first:
        await _write(notebook, 0, EVENTS)
        await eventually(lambda: _some_published(notebook), within_s=30)
        first.tell(signal.SIGKILL)
        await first.ended(within_s=5)
    async with role("stream", tmp_path, **where):
        await eventually(lambda: all_published(notebook), within_s=30)
    names = [json.loads(record.value or b"")["organization"]["name"] for record in await notebook.on_topic()]
    assert set(names) == {f"n{number}" for number in range(EVENTS)}


async def test_who_steps_back_does_so_between_sessions_too(notebook: Notebook, tmp_path: Path) -> None:
    where = {"dsn": notebook.db.dsn, "kafka": notebook.bootstrap, "prefix": notebook.prefix}
    async with role("stream", tmp_path, **where, NICENESS="7") as stream:
        own = os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getpriority(os.PRIO_PROCESS, stream.pid) == min(19, own + 7)
        assert _nice_of_session(stream.pid) in {7, None}


async def test_an_api_told_to_stop_finishes_what_it_is_doing_and_exits_0(notebook: Notebook, tmp_path: Path) -> None:
    deployment = notebook.deployment
    issuer = deployment.stack.wiring.issuer_url
    where = {"dsn": notebook.db.dsn, "kafka": notebook.bootstrap, "issuer": issuer}
    bearer = {"Authorization": f"Bearer {deployment.token('case_manager')}"}
    async with role("api", tmp_path, **where) as api, aiohttp.ClientSession(headers=bearer) as session:
        # The request waits for a lock that the test holds, is told to stop meanwhile, and answers all the same.
        async with notebook.db.transaction() as tx:
            await tx.run("LOCK TABLE cases IN ACCESS EXCLUSIVE MODE")
            request = asyncio.create_task(session.get(api.url + "/v1/cases"))
            await eventually(lambda: _somebody_waits(notebook))
            api.tell(signal.SIGTERM)
            await asyncio.wait([request], timeout=0.5)
        assert (await request).status in {200, 403}
        assert await api.ended(within_s=10) == 0, api.output
        assert "Traceback" not in api.output


async def test_an_api_told_to_stop_does_not_wait_for_ever_for_an_open_connection(
    notebook: Notebook, tmp_path: Path
) -> None:
    async with role("api", tmp_path, dsn=notebook.db.dsn, kafka="127.0.0.1:1") as api:
        _, writer = await asyncio.open_connection("127.0.0.1", api.port)
        writer.write(b"POST /v1/cases HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        await writer.drain()
        api.tell(signal.SIGINT)
        assert await api.ended(within_s=10) == 0, api.output
        writer.close()


async def test_an_api_serves_while_the_broker_is_away(notebook: Notebook, tmp_path: Path) -> None:
    async with role("api", tmp_path, dsn=notebook.db.dsn, kafka="127.0.0.1:1") as api:
        assert await api.answers("/readyz")


async def test_a_stream_whose_work_fails_exits_70_to_be_started_afresh(notebook: Notebook, tmp_path: Path) -> None:
    where = {"dsn": notebook.db.dsn, "kafka": notebook.bootstrap, "prefix": notebook.prefix}
    async with role("stream", tmp_path, **where) as stream:
        await notebook.run("ALTER TABLE relay_lease RENAME TO gone")
        assert await stream.ended(within_s=15) == 70, stream.output
    ended = [json.loads(line) for line in stream.output.splitlines() if "process.ended" in line]
    assert "UndefinedTableError" in ended[0]["exception"]
    assert "relay_lease" not in ended[0]["exception"]  # the database's own words stay out of the log


async def test_people_settle_dead_letters_and_resume_a_consumer_from_the_command_line(
    notebook: Notebook, tmp_path: Path
) -> None:
    root = new_id()
    notebook.trouble = refuse
    await notebook.send_raw(*([(b"k", b"not an event", [("x", b"y")])] * 2))
    async with notebook.consuming():
        await eventually(lambda: has_letters(notebook, 2))
        await notebook.send(*(organization(f"bad{at}", root=root, version=at) for at in range(1, 26)))
        await eventually(lambda: has_letters(notebook, 22))
        await eventually(lambda: _is_stopped(notebook))
    first, second = [str(row["id"]) for row in await notebook.letters()][:2]

    async def said(*words: str) -> tuple[int, str]:
        return await verb(*words, dsn=notebook.db.dsn, kafka=notebook.bootstrap, prefix=notebook.prefix)

    code, listed = await said("dead-letters", "list")
    assert code == 0
    assert first in listed
    code, shown = await said("dead-letters", "show", first)
    assert (code, TOPIC in shown, "bad_envelope" in shown) == (0, True, True)
    assert (await said("dead-letters", "discard", first)) == (0, "discarded\n")
    assert (await said("dead-letters", "discard", first))[0] == 1
    code, told = await said("dead-letters", "replay", second)
    assert (code, "still-poison" in told) == (1, True)
    assert (await said("consumer", "resume")) == (0, "resumed\n")
    assert (await said("consumer", "resume")) == (0, "it was not stopped\n")
    # 22 letters and 2 alarms were never sent: nobody relays here. One is said to be published, one to be set aside.
    await notebook.run("UPDATE outbox SET published_at = '2026-05-04 10:00Z' WHERE id = 1")
    await notebook.run("UPDATE outbox SET failures = 3, set_aside_at = now() WHERE id = 2")
    assert (await said("outbox", "republish", "--since", "2026-05-04T10:00:01"))[1].startswith("0 events")
    assert (await said("outbox", "republish", "--since", "2026-05-04T10:00:00"))[1].startswith("1 events")
    assert (await said("outbox", "retry"))[1].startswith("1 events")
    assert await notebook.rows("SELECT 1 FROM outbox WHERE published_at IS NOT NULL OR failures > 0") == []


async def test_migrating_twice_changes_nothing(notebook: Notebook) -> None:
    for _ in range(2):
        code, said = await verb(
            "migrate", dsn=notebook.db.dsn, kafka=notebook.bootstrap, prefix=f"{notebook.prefix}fresh."
        )
        assert code == 0, said


async def _write(notebook: Notebook, first: int, last: int) -> None:
    for start in range(first, last, 100):
        async with notebook.db.transaction() as tx:
            await publish(tx, *(organization(f"n{number}") for number in range(start, min(start + 100, last))))


async def _some_published(notebook: Notebook) -> bool:
    return bool(await notebook.rows("SELECT 1 FROM outbox WHERE published_at IS NOT NULL LIMIT 1"))


async def _somebody_waits(notebook: Notebook) -> bool:
    return bool(await notebook.rows("SELECT 1 FROM pg_locks WHERE NOT granted"))


async def _is_stopped(notebook: Notebook) -> bool:
    return bool(await notebook.rows("SELECT 1 FROM consumer_stop"))


def _nice_of_session(pid: int) -> int | None:
    """None where the system does not share processors out by session."""
    told = Path(f"/proc/{pid}/autogroup")
    return int(told.read_text().split()[-1]) if told.exists() else None
