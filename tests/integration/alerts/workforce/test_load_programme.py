"""A programme is loaded from the command line as often as one likes: only what differs is changed and told."""

import asyncio
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from services.alerts.verbs import add_verbs
from shared.contracts.events.areas import AreaDefined, AreaRetired, AreaSnapshot
from shared.kernel.vocabulary import AreaKind
from shared.runtime.cli import Roles, command_line
from tests.integration.alerts.workforce.conftest import Workforce
from tests.support.deployment import Deployment
from tests.support.roles import roles_of

DC = Path(__file__).parents[4] / "deploy" / "programs" / "dc_onse"
REGISTERED = "truce.alerts.organization.registered.v1"
CHANGED = "truce.alerts.organization.changed.v1"


def command(deployment: Deployment) -> typer.Typer:
    real = roles_of("alerts")
    roles = Roles(
        real.service, lambda: deployment.settings("alerts"), real.app, real.stream, real.subscriptions, real.engine
    )
    cli = command_line(roles)
    add_verbs(cli, roles)
    return cli


async def load(workforce: Workforce, *arguments: object) -> Result:
    words = ["load-programme", *(str(argument) for argument in arguments)]
    cli = command(workforce.deployment)
    return await asyncio.to_thread(lambda: CliRunner().invoke(cli, words))


def changed(folder: Path, name: str, change: Callable[[dict[str, Any]], object]) -> None:
    file = json.loads((folder / name).read_text())
    change(file)
    (folder / name).write_text(json.dumps(file))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DC, tmp_path / "a programme"))


async def in_force(workforce: Workforce) -> tuple[str, int]:
    [row] = await workforce.all("SELECT name, version FROM policies ORDER BY loaded_at DESC, version DESC LIMIT 1")
    return row["name"], row["version"]


async def test_loading_again_changes_nothing(workforce: Workforce, folder: Path) -> None:
    first, again = await load(workforce, folder), await load(workforce, folder)
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.output == "organizations: 4 registered, 0 changed, 0 as before; policy dc_onse version 1 (new)\n"
    assert again.output == "organizations: 0 registered, 0 changed, 4 as before; policy dc_onse version 1 (as before)\n"
    assert [kind for kind, _ in await workforce.published()] == [REGISTERED] * 4
    assert await workforce.one("SELECT count(*) FROM coverage") == 20
    body = await workforce.one("SELECT body FROM policies")
    assert (body["time_zone"], body["activation_max_age_s"], body["roles"]) == ("America/New_York", 21600, {"scene": 1})


async def test_what_differs_is_changed_and_told_once(workforce: Workforce, folder: Path) -> None:
    await load(workforce, folder)
    changed(
        folder,
        "organizations.json",
        lambda file: file["organizations"][0]["coverage"][0].update(until_day="2030-01-01"),
    )
    changed(folder, "organizations.json", lambda file: file["organizations"][1].update(name="Training Fields"))
    changed(folder, "dispatch_policy.json", lambda file: file.update(parallel_offers=2))
    second = await load(workforce, folder)
    assert second.output == "organizations: 0 registered, 2 changed, 2 as before; policy dc_onse version 2 (new)\n"
    told = [body["organization"] for kind, body in await workforce.published() if kind == CHANGED]
    assert [organization["version"] for organization in told] == [2, 2]
    assert told[0]["coverage"][0] == {"community": "brentwood", "from_day": "2018-05-31", "until_day": "2030-01-01"}
    assert told[1]["name"] == "Training Fields"


async def test_the_policy_in_force_is_the_one_loaded_last(workforce: Workforce, folder: Path) -> None:
    demo = folder / "dispatch_policy.demo.json"
    await load(workforce, folder)
    assert await in_force(workforce) == ("dc_onse", 1)
    await load(workforce, folder, "--policy", demo)
    assert await in_force(workforce) == ("dc_onse_demo", 1)
    await load(workforce, folder)
    assert await in_force(workforce) == ("dc_onse", 1)
    assert await workforce.one("SELECT count(*) FROM policies") == 2


async def test_a_mistake_is_one_line_and_nothing_is_loaded(workforce: Workforce, folder: Path) -> None:
    changed(folder, "dispatch_policy.json", lambda file: file.pop("rest_s"))
    failed = await load(workforce, folder)
    assert (failed.exit_code, failed.stdout) == (1, "")
    assert failed.stderr == "dispatch_policy.json: /rest_s Field required\n"
    assert await workforce.one("SELECT count(*) FROM organizations") == 0


async def test_a_name_that_another_has_is_refused_and_nothing_is_loaded(workforce: Workforce, folder: Path) -> None:
    await workforce.organization(name="Training Grounds")
    failed = await load(workforce, folder)
    assert (failed.exit_code, failed.stderr.count("\n")) == (1, 1)
    assert "already-exists" in failed.stderr
    assert await workforce.one("SELECT count(*) FROM policies") == 0
    changed(folder, "organizations.json", lambda file: file["organizations"][1].update(name="Training Fields"))
    assert (await load(workforce, folder)).exit_code == 0
    changed(folder, "organizations.json", lambda file: file["organizations"][1].update(name="Training Grounds"))
    assert "another organization has this name" in (await load(workforce, folder)).stderr


async def test_communities_are_named_as_the_newest_definition_says(workforce: Workforce) -> None:
    reaction = roles_of("alerts").subscriptions()[AreaDefined]
    for version, name, kind in ((2, "Petworth", "community"), (1, "Petwort", "community"), (1, "Ward 4", "ward")):
        area_id = "petworth" if kind == "community" else "ward-4"
        area = AreaSnapshot(
            version=version, area_id=area_id, kind=AreaKind(kind), name=name, effective_from="2021-07-01"
        )
        async with workforce.db.transaction() as tx:
            await reaction(tx, AreaDefined(at=await tx.now(), area=area))
    assert await workforce.all("SELECT area_id, version, name FROM communities") == [
        {"area_id": "petworth", "version": 2, "name": "Petworth"}
    ]
    retired = area.model_copy(update={"version": 3, "kind": AreaKind.COMMUNITY, "area_id": "petworth"})
    async with workforce.db.transaction() as tx:
        gone = AreaRetired(at=await tx.now(), area=retired.model_copy(update={"retired_on": date(2026, 1, 1)}))
        await roles_of("alerts").subscriptions()[AreaRetired](tx, gone)
    assert await workforce.one("SELECT retired_on FROM communities") == date(2026, 1, 1)
