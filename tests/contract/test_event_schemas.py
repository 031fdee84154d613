"""Events as promised: every one has its golden schema, no golden changes, and readers of any age agree.

Fails when a released golden was edited, when an event changed without a new number, or when a change was not additive.
"""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.event import Event
from shared.contracts.evolution import breaks
from shared.contracts.golden import SCHEMAS, SUMS, Schema, golden_path, read_sums, schema_of, sum_of, written
from shared.contracts.registry import EVENTS
from tests.support.examples import EXAMPLES, example_path
from tests.support.schemas import leaves, objects

every_event = pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
UNKNOWN = {"added_later": {"deep": [1, "two"]}}


def goldens() -> dict[str, Path]:
    return {str(path.relative_to(SCHEMAS).with_suffix("")): path for path in SCHEMAS.rglob("*.json")}


def released_pairs() -> list[tuple[str, str]]:
    """Each golden with the one before it, for every number above 1; and each with itself, so that all are read."""
    names = sorted(goldens())
    return [(f"{kind}/{max(int(number) - 1, 1)}", f"{kind}/{number}") for kind, number in (n.split("/") for n in names)]


def read(path: Path) -> Any:
    return json.loads(path.read_bytes())


@every_event
def test_every_event_has_its_golden_and_is_still_what_it_says(event: type[Event]) -> None:
    path = golden_path(SCHEMAS, event.schema_name())
    assert path.exists(), "not published: python -m shared.contracts.publish"
    assert read(path) == schema_of(event), (
        f"{event.schema_name()} is released: an added optional field needs SCHEMA + 1"
    )


def test_no_golden_changed_and_none_is_missing() -> None:
    found = {name: sum_of(path.read_bytes()) for name, path in goldens().items()}
    assert found == read_sums(SCHEMAS), f"goldens are immutable; {SUMS} says which ones there are"


def test_every_golden_is_of_an_event_there_is_and_numbers_have_no_gap() -> None:
    expected = {f"{event.TYPE}/{number}" for event in EVENTS.values() for number in range(1, event.SCHEMA + 1)}
    assert goldens().keys() == expected


@pytest.mark.parametrize(("before", "after"), released_pairs())
def test_every_number_is_additive_to_the_one_before(before: str, after: str) -> None:
    assert breaks(read(goldens()[before]), read(goldens()[after])) == []


@every_event
def test_the_example_fills_every_field(event: type[Event]) -> None:
    body = read(example_path(event.schema_name()))
    assert set(paths_in(body)) == {leaf.path for leaf in leaves(schema_of(event))}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_a_new_reader_understands_every_example_ever_published(path: Path) -> None:
    kind, _ = path.stem.rsplit(".", 1)
    body = read(path)
    event = EVENTS[kind].model_validate_json(json.dumps(body))
    assert json.loads(event.model_dump_json(exclude_none=True, exclude_unset=True)) == body
    assert event.root
    assert event.root_version >= 1


@every_event
def test_an_old_reader_understands_an_event_with_fields_added_anywhere(event: type[Event]) -> None:
    body = read(example_path(event.schema_name()))
    newer = with_unknown_fields(body)
    assert newer != body
    assert event.model_validate_json(json.dumps(newer)) == event.model_validate_json(json.dumps(body))


@every_event
def test_no_schema_forbids_what_may_be_added(event: type[Event]) -> None:
    assert [found.path for found in objects(schema_of(event)) if "additionalProperties" in found.schema] == []


def test_a_golden_is_spelled_in_one_way() -> None:
    assert {name for name, path in goldens().items() if path.read_bytes() != written(read(path))} == set()


def paths_in(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths_in(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from paths_in(inner, f"{path}[]")
    else:
        yield path


def with_unknown_fields(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: with_unknown_fields(inner) for name, inner in value.items()} | copy.deepcopy(UNKNOWN)
    if isinstance(value, list):
        return [with_unknown_fields(inner) for inner in value]
    return value


def opened() -> Schema:
    return read(goldens()["truce.intake.incident.opened.v1/1"])  # type: ignore[no-any-return] # JSON is untyped


def test_an_added_optional_field_breaks_nothing() -> None:
    newer = opened()
    newer["properties"]["incident"]["properties"]["confirmed_at"] = {"type": "string", "format": "date-time"}
    assert breaks(opened(), newer) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda it: it["properties"].pop("report_id"), "/report_id: removed"),
        (lambda it: it["required"].remove("report_id"), "/report_id: became optional"),
        (lambda it: it["properties"]["source"]["enum"].append("drone"), "/source: its rules changed"),
        (lambda it: it["properties"]["report_id"].pop("format"), "/report_id: its rules changed"),
        (lambda it: it["properties"]["at"].update({"x-privacy": "P0"}), "/at: its rules changed"),
        (
            lambda it: it["properties"]["incident"]["required"].append("confirmed_by"),
            "/incident/confirmed_by: added as required",
        ),
        (
            lambda it: it["properties"]["incident"]["properties"]["sources"]["items"]["enum"].pop(),
            "/incident/sources/*: its rules changed",
        ),
        (
            lambda it: it["properties"]["incident"]["properties"]["route"]["anyOf"].pop(),
            "/incident/route: the number of alternatives changed",
        ),
    ],
)
def test_any_other_change_is_called_a_break(change: Any, reason: str) -> None:
    newer = opened()
    change(newer)
    assert breaks(opened(), newer) == [reason]
