"""The programme's data is checked whole at start: a mistake stops it and names the place."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.intake.programme import ProgrammeUnusable, load_programme
from shared.kernel.vocabulary import AreaKind, IncidentKind, SourceKind
from tests.support.intake import dc_areas

DC = Path(__file__).parents[3] / "deploy" / "programs" / "dc_onse"


def areas(kind: str) -> list[dict[str, Any]]:
    path = {"community": "communities", "ward": "wards", "cluster": "clusters", "boundary": "boundary"}[kind]
    return [one["properties"] for one in json.loads((DC / "areas" / f"{path}.geojson").read_text())["features"]]


def coverage() -> dict[str, list[str]]:
    """Community → slugs of the organizations that cover it."""
    covering: dict[str, list[str]] = {}
    for organization in json.loads((DC / "organizations.json").read_text())["organizations"]:
        for cover in organization["coverage"]:
            covering.setdefault(cover["community"], []).append(organization["slug"])
    return covering


def test_the_districts_programme_is_read() -> None:
    programme = load_programme(DC)
    kinds = [area.kind for area in dc_areas()]
    assert {kind: kinds.count(kind) for kind in AreaKind} == {
        AreaKind.COMMUNITY: 20,
        AreaKind.WARD: 8,
        AreaKind.CLUSTER: 39,
        AreaKind.BOUNDARY: 1,
    }
    assert programme.activation.max_age == timedelta(hours=6)
    assert SourceKind.RESIDENT not in programme.activation.trusted_sources
    assert IncidentKind.ARMED_ROBBERY not in programme.activation.kinds
    assert {exclusion.route for exclusion in programme.exclusions} == {
        "dc_victim_hotline",
        "family_and_survivor_support",
    }


def test_every_community_is_covered_by_exactly_one_organization() -> None:
    covering = coverage()
    assert covering.keys() == {area["id"] for area in areas("community")}
    assert all(len(slugs) == 1 for slugs in covering.values())


def test_organizations_cover_the_wards_that_the_programme_page_gives_them() -> None:
    wards: dict[str, set[int]] = {}
    covering = coverage()
    for area in areas("community"):
        wards.setdefault(covering[area["id"]][0], set()).add(area["ward"])
    assert wards == {
        "collaborative-solutions": {1, 4, 5},
        "training-grounds": {6, 7},
        "far-southeast": {8},
        "jj-solutions": {8},
    }


def test_the_demo_policy_has_the_shape_of_the_real_one() -> None:
    real, demo = (json.loads((DC / f"dispatch_policy{name}.json").read_text()) for name in ("", ".demo"))
    assert real.keys() == demo.keys()
    assert real["targets"].keys() == demo["targets"].keys()
    assert real["acknowledge_within_s"] < real["accept_within_s"] <= real["targets"]["accepted_s"]


def break_text(programme: dict[str, Any]) -> None:
    del programme["screening"]["texts"]["call_dc_victim_hotline"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda programme: programme.pop("activation"), "activation"),
        (lambda programme: programme.update(time_zone="Mars/Olympus"), "Mars/Olympus"),
        (lambda programme: programme["activation"].update(kinds=["arson"]), "kinds"),
        (lambda programme: programme["activation"].update(max_age_h=6), "max_age_h"),
        (lambda programme: programme["areas"][0].update(file="areas/nowhere.geojson"), "nowhere.geojson"),
        (break_text, "no text for the caller"),
        (
            lambda programme: programme["screening"]["out_of_scope"][0].pop("relationships"),
            "neither relationships nor kinds",
        ),
        (lambda programme: programme["sameness"].update(certain_within_m=601), "must also be possibly the same"),
        (lambda programme: programme["sameness"]["late_by_s"].update(neighbour=1), "neighbour"),
    ],
)
def test_a_mistake_in_the_programmes_data_stops_the_start(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    folder = Path(shutil.copytree(DC, tmp_path / "elsewhere"))
    programme = json.loads((folder / "programme.json").read_text())
    change(programme)
    (folder / "programme.json").write_text(json.dumps(programme))
    with pytest.raises(ProgrammeUnusable, match="elsewhere") as refused:
        load_programme(folder)
    assert said in str(refused.value)
