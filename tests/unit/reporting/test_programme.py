"""Reading a programme's parameters."""

import json
from pathlib import Path

import pytest

from services.reporting.programme import ProgrammeUnusable, read_programme

DC = Path(__file__).parents[3] / "deploy" / "programs" / "dc_onse"


def test_the_districts_own_data_can_be_read() -> None:
    programme = read_programme(DC, "dispatch_policy.json")
    assert programme.programme_id == "dc_onse"
    assert programme.time_zone == "America/New_York"
    assert programme.targets_s == {
        "first_attempt": 15,
        "acknowledged": 300,
        "accepted": 600,
        "on_scene": 1800,
        "triage": 86_400,
    }


def test_a_target_that_is_not_there_is_none_and_not_zero(tmp_path: Path) -> None:
    write(tmp_path, {"accepted_s": 60})
    assert read_programme(tmp_path, "policy.json").targets_s == {"accepted": 60}


@pytest.mark.parametrize("seconds", [0, -1, 1e999])
def test_a_target_must_be_a_positive_number_of_seconds(tmp_path: Path, seconds: float) -> None:
    write(tmp_path, {"accepted_s": seconds})
    with pytest.raises(ProgrammeUnusable, match=r"policy\.json"):
        read_programme(tmp_path, "policy.json")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"id": "dc_onse"}', '{"id": "dc_onse", "time_zone": "a\\u0000b"}'])
def test_an_unusable_file_is_named(tmp_path: Path, content: str) -> None:
    write(tmp_path, {})
    (tmp_path / "programme.json").write_text(content)
    with pytest.raises(ProgrammeUnusable, match=r"programme\.json"):
        read_programme(tmp_path, "policy.json")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, {})
    with pytest.raises(ProgrammeUnusable, match=r"other\.json"):
        read_programme(tmp_path, "other.json")


def write(folder: Path, targets: dict[str, float]) -> None:
    (folder / "programme.json").write_text(json.dumps({"id": "somewhere", "time_zone": "Europe/Berlin", "areas": []}))
    (folder / "policy.json").write_text(json.dumps({"name": "somewhere", "targets": targets}))
