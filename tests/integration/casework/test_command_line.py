"""A programme is put in force by a command, which says plainly what it did or what is wrong."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.integration.casework.conftest import DC, Desk
from tests.support.births import said

Cli = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def cli(desk: Desk) -> Cli:
    """`python -m services.casework …` as a process of its own, on the desk's database."""

    async def run(*words: str) -> tuple[int, str]:
        dsn = desk.deployment.settings("casework").postgres_dsn.get_secret_value()
        told = await said("services.casework", *words, environment={"TRUCE_CASEWORK_POSTGRES_DSN": dsn})
        return told.code, told.out + told.errors

    return run


async def test_a_programme_is_loaded_from_the_command_line(desk: Desk, cli: Cli) -> None:
    code, said = await cli("load-programme", str(DC))
    assert (code, "dc_onse: version 1 loaded" in said) == (0, True)
    code, said = await cli("load-programme", str(DC))
    assert (code, "in force already" in said) == (0, True)


async def test_a_programme_with_a_mistake_is_refused_from_the_command_line(
    desk: Desk, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "programme.json").write_text(
        '{"id": "x", "time_zone": "UTC", "follow_ups": {"triage": {"on": "activated", "due_within_s": 0}}}'
    )
    code, said = await cli("load-programme", str(tmp_path))
    assert code == 1
    assert "follow_ups/triage/due_within_s" in said
    assert "Traceback" not in said
    assert await desk.count("programmes") == 0
