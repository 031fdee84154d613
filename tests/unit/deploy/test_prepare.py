"""Kafka's start-up cache is recorded by one, however many stacks start for the first time at once."""

import asyncio
from pathlib import Path

import pytest

from deploy.local import kafka_aot, prepare
from tests.support.waiting import a_moment


def write(cache: Path) -> None:
    cache.write_bytes(b"recorded")


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Of stand-ins for jars and cache."""
    made: list[Path] = []

    async def record(cache: Path, _: object) -> str | None:
        made.append(cache)
        await a_moment(0)
        write(cache)
        return None

    (tmp_path / "kafka").mkdir()
    monkeypatch.setattr(prepare, "LOOK_EVERY_S", 0)
    monkeypatch.setattr(prepare, "cache_dir", lambda: tmp_path)
    monkeypatch.setattr(prepare, "_jars", lambda *_: [])
    monkeypatch.setattr(kafka_aot, "record", record)
    monkeypatch.setattr(kafka_aot, "cache_path", lambda folder, _: folder / "kafka.aot")
    return made


async def test_stacks_that_start_at_once_record_the_cache_once(recorded: list[Path]) -> None:
    parts = await asyncio.gather(*(prepare.kafka_parts(lambda _: None) for _ in range(3)))
    assert len(recorded) == 1
    assert {one.aot_cache for one in parts} == set(recorded)


async def test_one_that_cannot_be_recorded_is_tried_once(recorded: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(cache: Path, _: object) -> str | None:
        recorded.append(cache)
        return "no room"

    monkeypatch.setattr(kafka_aot, "record", fail)
    told: list[str] = []
    parts = [await prepare.kafka_parts(told.append) for _ in range(2)]
    assert (len(recorded), [one.aot_cache for one in parts]) == (1, [None, None])
    assert "no room" in told[-1]
