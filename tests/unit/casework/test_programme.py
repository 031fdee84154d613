"""A programme's rules are read as they are meant, or refused with the place of every mistake."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.casework.domain.follow_ups import Condition, Fact, Rule, Trigger, Unactivated
from services.casework.programme import ProgrammeUnusable, read_programme, rules_of
from shared.kernel.vocabulary import IncidentKind

DC = Path("deploy/programs/dc_onse")


UNACTIVATED = {"kinds": ["homicide"], "max_age_s": 60}


def programme(folder: Path, **changes: Any) -> Path:
    content = {"id": "test", "time_zone": "America/New_York", "follow_ups": {}} | changes
    (folder / "programme.json").write_text(json.dumps(content))
    return folder


def rule(**changes: Any) -> dict[str, Any]:
    return {"triage": {"on": "activated", "due_within_s": 60} | changes}


def test_the_rules_of_the_district_are_those_of_the_programme() -> None:
    family = Rule(
        "fss_referral",
        Trigger.ACTIVATED_OR_RECLASSIFIED,
        timedelta(days=1),
        (
            Condition(frozenset({IncidentKind.HOMICIDE})),
            Condition(frozenset({IncidentKind.SHOOTING, IncidentKind.STABBING}), frozenset(Fact)),
        ),
        again_for=frozenset({IncidentKind.HOMICIDE}),
        unactivated=Unactivated(frozenset({IncidentKind.HOMICIDE}), timedelta(days=90)),
    )
    assert read_programme(DC).rules == (family, Rule("triage", Trigger.ACTIVATED, timedelta(days=1)))


def test_what_is_stored_reads_back_as_the_same_rules() -> None:
    read = read_programme(DC)
    assert rules_of(json.loads(json.dumps(read.stored))) == read.rules


def test_sections_of_other_services_are_left_alone(tmp_path: Path) -> None:
    assert read_programme(programme(tmp_path, screening="not ours")).rules == ()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"follow_ups": rule(due_within_s=0)}, "follow_ups/triage/due_within_s"),
        ({"follow_ups": rule(due_within_s="60")}, "follow_ups/triage/due_within_s"),
        ({"follow_ups": rule(due_within_s=10**12)}, "follow_ups/triage/due_within_s"),
        ({"follow_ups": rule(on="reported")}, "follow_ups/triage/on"),
        ({"follow_ups": rule(when_any=[])}, "follow_ups/triage/when_any"),
        ({"follow_ups": rule(when_any=[{"kinds": []}])}, "follow_ups/triage/when_any/0/kinds"),
        ({"follow_ups": rule(when_any=[{"kinds": ["murder"]}])}, "follow_ups/triage/when_any/0/kinds/0"),
        (
            {"follow_ups": rule(when_any=[{"kinds": ["homicide"], "and_any": []}])},
            "follow_ups/triage/when_any/0/and_any",
        ),
        (
            {"follow_ups": rule(when_any=[{"kinds": ["homicide"], "and_any": ["armed"]}])},
            "follow_ups/triage/when_any/0/and_any/0",
        ),
        ({"follow_ups": rule(also_unactivated=UNACTIVATED)}, "follow_ups/triage/also_unactivated"),
        (
            {"follow_ups": rule(on="activated_or_reclassified", also_unactivated=UNACTIVATED | {"max_age_s": 0})},
            "follow_ups/triage/also_unactivated/max_age_s",
        ),
        ({"follow_ups": rule(unless=[])}, "follow_ups/triage/unless"),
        ({"follow_ups": {"Triage Now": rule()["triage"]}}, "follow_ups/Triage Now"),
        ({"follow_ups": None}, "follow_ups"),
        ({"time_zone": "America/Nowhere"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"id": "DC ONSE"}, "id"),
    ],
)
def test_a_mistake_is_refused_with_its_place(tmp_path: Path, changes: dict[str, Any], place: str) -> None:
    with pytest.raises(ProgrammeUnusable, match=rf"programme\.json: {place}"):
        read_programme(programme(tmp_path, **changes))


def test_every_mistake_is_named_not_only_the_first(tmp_path: Path) -> None:
    with pytest.raises(ProgrammeUnusable) as refused:
        read_programme(programme(tmp_path, id="!", follow_ups=rule(due_within_s=-1, on="never")))
    assert len(str(refused.value).splitlines()) == 3


def test_a_folder_without_a_programme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProgrammeUnusable, match="cannot be read"):
        read_programme(tmp_path)


def test_a_file_that_is_not_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "programme.json").write_bytes(b"\xff{")
    with pytest.raises(ProgrammeUnusable):
        read_programme(tmp_path)
