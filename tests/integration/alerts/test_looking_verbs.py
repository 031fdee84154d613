"""Looking back on the command line: decisions made again, and a policy tried on what has been. Nothing is changed."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from services.alerts.verbs import add_verbs
from shared.runtime.cli import Roles, command_line
from tests.integration.alerts.conftest import AlertsAlone
from tests.support.roles import roles_of
from tests.support.world import PROGRAMME


async def says(alone: AlertsAlone, *words: object) -> Result:
    real = roles_of("alerts")
    settings = alone.world.deployment.settings("alerts")
    roles = Roles(real.service, lambda: settings, real.app, real.stream, real.subscriptions, real.engine)
    cli = command_line(roles)
    add_verbs(cli, roles)
    return await asyncio.to_thread(lambda: CliRunner().invoke(cli, [str(word) for word in words]))


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    return tmp_path / "another.json"


def write(path: Path, **terms: Any) -> None:
    path.write_text(json.dumps(json.loads((PROGRAMME / "dispatch_policy.json").read_text()) | terms))


async def test_replay_says_what_follows_and_exits_1_when_something_does_not(alone: AlertsAlone) -> None:
    await alone.world.on_duty("heron", km=0.4)
    incident = await alone.incident()
    good = await says(alone, "dispatches", "replay", incident)
    assert (good.exit_code, good.output.count("follows from what it was made from")) == (0, 1)
    async with alone.world.alerts_db.transaction() as tx:
        was, is_ = (json.dumps({"all": one}, separators=(",", ":")) for one in (True, False))
        change = "UPDATE decision_inputs SET inputs = replace(inputs, :was, :is_)"
        assert await tx.run(change, was=f'"on_duty":{was}', is_=f'"on_duty":{is_}') == 1
    bad = await says(alone, "dispatches", "replay", incident)
    assert (bad.exit_code, bad.output.count("DOES NOT FOLLOW")) == (1, 1)
    assert "was number 1, team, 0 km, step 1; is left out: off_duty" in bad.output
    unknown = await says(alone, "dispatches", "replay", UUID(int=1))
    assert unknown.exit_code == 1


async def test_a_policy_is_tried_on_past_incidents_and_changes_nothing(alone: AlertsAlone, policy: Path) -> None:
    await alone.world.on_duty("heron", km=0.4)
    await alone.world.on_duty("kestrel", km=1.1)
    first, second = await alone.incident(), await alone.incident()
    write(policy, roles={"scene": 2}, rules=[{"name": "s", "when": {"kinds": ["shooting"]}, "roles": {"family": 1}}])
    tried = await says(alone, "policies", "try", policy, "--last", "90d")
    assert tried.exit_code == 0, tried.output
    lines = tried.output.splitlines()
    assert [line for line in lines if line.startswith("  ")] == [
        "  scene: was heron (1 wanted); would be heron, kestrel (2 wanted)",
        "  family: was not wanted; would be nobody to ask (1 wanted)",
        "  scene: was kestrel (1 wanted); would be kestrel (2 wanted)",
        "  family: was not wanted; would be nobody to ask (1 wanted)",
    ]
    assert first in lines[0]
    assert second in lines[3]
    assert lines[-4:] == [
        "2 incidents, 2 of them otherwise",
        "another one asked first: 0",
        "asked at once: 2 before, 3 after",
        "roles that nobody could be asked for: 0 before, 2 after",
    ]
    async with alone.world.alerts_db.transaction() as tx:
        assert (await tx.row("SELECT count(*) AS policies FROM policies"))["policies"] == 1
    write(policy)
    same = await says(alone, "policies", "try", policy)
    assert same.output.splitlines()[0] == "2 incidents, 0 of them otherwise"


async def test_a_mistake_in_the_file_or_the_span_is_said(alone: AlertsAlone, policy: Path) -> None:
    write(policy, rest_s=-1)
    wrong = await says(alone, "policies", "try", policy)
    assert (wrong.exit_code, wrong.stderr) == (
        1,
        "another.json: /rest_s Input should be greater than or equal to 0\n",
    )
    assert (await says(alone, "policies", "try", policy, "--last", "a while")).exit_code == 2
