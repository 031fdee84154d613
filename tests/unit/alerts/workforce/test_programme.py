"""The programme's data is checked whole before anything of it is loaded: a mistake is one line that names the place."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.alerts.domain.hours import WeeklyHours
from services.alerts.domain.policy import Classification
from services.alerts.policies import policy_of
from services.alerts.programme import read_programme
from services.alerts.programme_files import ProgrammeUnusable
from shared.kernel.vocabulary import DispatchRole, IncidentKind

SHOTS = Classification(IncidentKind.SHOTS_FIRED)
DC = Path(__file__).parents[4] / "deploy" / "programs" / "dc_onse"


def test_the_districts_programme_is_read() -> None:
    programme = read_programme(DC)
    policy = policy_of(programme.policy_name, 3, programme.policy_body, SHOTS)
    assert (policy.name, policy.version, policy.roles) == ("dc_onse", 3, {DispatchRole.SCENE: 1})
    assert (policy.acknowledge_within, policy.accept_within) == (timedelta(minutes=2), timedelta(minutes=5))
    assert (policy.activation_max_age, policy.radius_steps_m) == (timedelta(hours=6), (2000, 5000, None))
    assert policy.weekly_hours == WeeklyHours(30, 10, against_engagement_alone=False)
    assert programme.policy_body["time_zone"] == "America/New_York"
    assert programme.policy_body["targets"]["on_scene_s"] == 1800


def test_main_contractors_come_before_their_subcontractors() -> None:
    names = [organization.name for organization in read_programme(DC).organizations]
    assert len(names) == 4
    assert names.index("J&J Solutions") > names.index("Far Southeast Family Strengthening Collaborative")


def test_another_policy_file_takes_the_place_of_the_folders_own() -> None:
    programme = read_programme(DC, DC / "dispatch_policy.demo.json")
    assert programme.policy_name == "dc_onse_demo"
    assert policy_of("dc_onse_demo", 1, programme.policy_body, SHOTS).acknowledge_within == timedelta(seconds=2)


def test_texts_per_minute_are_one_number_or_one_for_each_kind_and_kept_as_they_were_written(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DC, tmp_path / "elsewhere"))
    file = json.loads((folder / "dispatch_policy.json").read_text())
    for said in (1, 60, {"sms": 2}, {"sms": 1, "email": 60, "chat": 20}):
        (folder / "dispatch_policy.json").write_text(json.dumps(file | {"texts_per_minute": said}))
        assert read_programme(folder).policy_body["texts_per_minute"] == said
    del file["texts_per_minute"]
    (folder / "dispatch_policy.json").write_text(json.dumps(file))
    assert "texts_per_minute" not in read_programme(folder).policy_body


def coverage_shared(file: dict[str, Any]) -> None:
    file["organizations"][0]["coverage"] *= 2


def in_a_circle(file: dict[str, Any]) -> None:
    first, second = file["organizations"][:2]
    first["subcontractor_of"], second["subcontractor_of"] = second["id"], first["id"]


MISTAKES: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("dispatch_policy.json", lambda file: file.pop("rest_s"), "/rest_s"),
    ("dispatch_policy.json", lambda file: file["weekly_hours"].update(engagement=0), "/weekly_hours/engagement"),
    ("dispatch_policy.json", lambda file: file["weekly_hours"].update(on_duty_counts="some"), "/weekly_hours/on_duty"),
    ("dispatch_policy.json", lambda file: file.update(roles={}), "/roles scene is always wanted"),
    ("dispatch_policy.json", lambda file: file.update(radius_steps_m=[5000, 2000]), "/radius_steps_m each radius"),
    ("dispatch_policy.json", lambda file: file.update(radius_steps_m=[None, 5000]), "/radius_steps_m each radius"),
    ("dispatch_policy.json", lambda file: file["escalation"].pop(), "/escalation the last step must be the dispatcher"),
    ("dispatch_policy.json", lambda file: file["escalation"].reverse(), "/escalation each step must come later"),
    ("dispatch_policy.json", lambda file: file["quiet_hours"]["waits"].append("offer"), "/quiet_hours/waits/2"),
    ("dispatch_policy.json", lambda file: file["rules"][0].update(when={}), "/rules/0/when is empty"),
    ("dispatch_policy.json", lambda file: file["rules"][0]["when"].update(hurt=1), "/rules/0/when/hurt"),
    ("dispatch_policy.json", lambda file: file["rules"][0]["roles"].update(scene=0), "/rules/0/roles scene is always"),
    ("dispatch_policy.json", lambda file: file["rules"][2]["terms"].update(offers=1), "/rules/2/terms/offers"),
    ("dispatch_policy.json", lambda file: file["rules"][2]["terms"].update(accept_within_s=1), "/rules/2/terms ack"),
    ("dispatch_policy.json", lambda file: file["rules"].append(file["rules"][0]), "two rules have the same name"),
    ("dispatch_policy.json", lambda file: file["targets"].pop("triage_s"), "/targets/triage_s"),
    (
        "dispatch_policy.json",
        lambda file: file["rules"][0].update(targets={"triage_s": 0}),
        "/rules/0/targets/triage_s",
    ),
    ("dispatch_policy.json", lambda file: file["rules"][0].update(targets={"fame_s": 9}), "/rules/0/targets/fame_s"),
    ("dispatch_policy.json", lambda file: file.update(texts_per_minute=0), "/texts_per_minute Input should be greater"),
    ("dispatch_policy.json", lambda file: file.update(texts_per_minute=None), "/texts_per_minute Input should be"),
    ("dispatch_policy.json", lambda file: file.update(texts_per_minute={}), "/texts_per_minute Dictionary should have"),
    ("dispatch_policy.json", lambda file: file.update(texts_per_minute={"sms": 61}), "/texts_per_minute /sms Input"),
    ("dispatch_policy.json", lambda file: file.update(texts_per_minute={"fax": 1}), "/texts_per_minute /fax"),
    ("dispatch_policy.json", lambda file: file["roles"].update(helicopter=1), "/roles/helicopter"),
    ("dispatch_policy.json", lambda file: file["roles"].update(scene=0), "/roles/scene"),
    ("dispatch_policy.json", lambda file: file.update(accept_within_s=1), "acknowledge_within_s is longer"),
    ("dispatch_policy.json", lambda file: file.update(page_repeat_s=0), "/page_repeat_s"),
    ("dispatch_policy.json", lambda file: file.update(parallel_ofers=2), "/parallel_ofers"),
    ("programme.json", lambda file: file.update(time_zone="Mars/Olympus"), "/time_zone"),
    ("programme.json", lambda file: file.pop("activation"), "/activation"),
    ("organizations.json", lambda file: file.update(organizations=[]), "/organizations"),
    ("organizations.json", lambda file: file["organizations"][1].update(id="1"), "/organizations/1/id"),
    ("organizations.json", lambda file: file["organizations"].append(file["organizations"][0]), "the same id"),
    ("organizations.json", coverage_shared, "/organizations/0 /coverage/6/from_day"),
    ("organizations.json", in_a_circle, "leads to no main contractor"),
]


@pytest.mark.parametrize(("name", "change", "said"), MISTAKES)
def test_a_mistake_is_said_in_one_line(
    tmp_path: Path, name: str, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    folder = Path(shutil.copytree(DC, tmp_path / "elsewhere"))
    file = json.loads((folder / name).read_text())
    change(file)
    (folder / name).write_text(json.dumps(file))
    with pytest.raises(ProgrammeUnusable) as refused:
        read_programme(folder)
    text = str(refused.value)
    assert text.startswith(f"{name}: ")
    assert said in text
    assert "\n" not in text


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProgrammeUnusable, match=r"^programme\.json: No such file"):
        read_programme(tmp_path)
    folder = Path(shutil.copytree(DC, tmp_path / "elsewhere"))
    (folder / "dispatch_policy.json").write_text('{"name": ')
    with pytest.raises(ProgrammeUnusable, match=r"^dispatch_policy\.json: Invalid JSON"):
        read_programme(folder)
