"""Bad input: a 4xx problem that names the field by JSON Pointer, never repeats the value, and leaves nothing behind."""

import json
from typing import Any

import pytest

from tests.support.intake import Intake, a_report, ago

Counts = dict[str, int]
CANARY = "cana4ry"
BIG = 73311337


@pytest.fixture
def intake(lasting_intake: Intake) -> Intake:
    return lasting_intake


@pytest.fixture
async def before(intake: Intake) -> Counts:
    """Other files' tests may have left something there."""
    return await intake.counts()


def report_with(pointer: str, value: Any) -> dict[str, Any]:
    body = a_report()
    *path, name = pointer.split("/")[1:]
    target = body
    for part in path:
        target = target[part]
    target[name] = value
    return body


FIELDS = [
    ("/kind", CANARY),
    ("/kind", None),
    ("/kind", ["shooting"]),
    ("/kind", f"{CANARY}\ud800"),
    ("/kind", f"shooting\x00{CANARY}"),
    ("/occurred_at", CANARY),
    ("/occurred_at", "2024-05-01T10:00:00"),
    ("/occurred_at", "2024-05-01"),
    ("/occurred_at", "2024-05-01T10:00:00+0000"),
    ("/occurred_at", "2024-13-01T10:00:00Z"),
    ("/occurred_at", "2024-02-30T10:00:00Z"),
    ("/occurred_at", "1999-12-31T23:59:59Z"),
    ("/occurred_at", "9999-12-31T23:59:59-23:59"),
    ("/occurred_at", "0001-01-01T00:00:00+23:59"),
    ("/occurred_at", ago(hours=-5)),
    ("/occurred_at", ago(days=-300)),
    ("/occurred_at", 1_700_000_000),
    ("/occurred_at", "1700000000"),
    ("/occurred_at", None),
    ("/occurred_precision", CANARY),
    ("/reported_at", ago(hours=-1)),
    ("/reported_at", "yesterday"),
    ("/location", None),
    ("/location", [38.9, -77.0]),
    ("/location", {"lat": 48.85, "lon": 2.35}),
    ("/location", {"lat": 0, "lon": 0}),
    ("/location", {"lat": -77.023, "lon": 38.9312}),
    ("/location/lat", 91),
    ("/location/lat", -90.0001),
    ("/location/lat", "38.9"),
    ("/location/lat", None),
    ("/location/lat", True),
    ("/location/lon", 180.5),
    ("/location/lon", BIG),
    ("/location/accuracy_m", -1),
    ("/location/accuracy_m", 1e9),
    ("/location/block", CANARY),
    ("/injured", -1),
    ("/injured", 1001),
    ("/injured", BIG),
    ("/injured", 10**40),
    ("/injured", 1.5),
    ("/injured", "2"),
    ("/injured", True),
    ("/killed", -1),
    ("/killed", 5000),
    ("/weapon", CANARY),
    ("/relationship", CANARY),
    ("/juvenile_involved", "yes"),
    ("/juvenile_involved", 1),
    ("/believed_group_related", "no"),
    ("/active_threat", None),
    ("/active_threat", 0),
    ("/exercise", "false"),
    ("/source_ref", ""),
    ("/source_ref", "a b"),
    ("/source_ref", f"{CANARY}\x00"),
    ("/source_ref", f"{CANARY}\n"),
    ("/source_ref", f"{CANARY}\ud800"),
    ("/source_ref", f"{CANARY}é"),
    ("/source_ref", CANARY * 40),
    ("/source_ref", 12345678),
    ("/on_behalf_of", CANARY),
    ("/on_behalf_of", "resident"),
    ("/source", CANARY),
    ("/victim_name", CANARY),
]


@pytest.mark.parametrize(
    ("pointer", "value"), FIELDS, ids=[f"{pointer} {number}" for number, (pointer, _) in enumerate(FIELDS)]
)
async def test_a_field_that_cannot_be_is_named_and_not_repeated(
    intake: Intake, before: Counts, pointer: str, value: Any
) -> None:
    answer = await posted(intake, json.dumps(report_with(pointer, value)))
    assert answer.status_code == (400 if "\ud800" in str(value) else 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert_not_echoed(answer.text, value)
    assert await intake.counts() == before


@pytest.mark.parametrize("missing", ["kind", "occurred_at", "location"])
async def test_a_missing_field_is_named(intake: Intake, before: Counts, missing: str) -> None:
    answer = await posted(intake, json.dumps(a_report(**{missing: ...})))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{missing}"]
    assert await intake.counts() == before


async def test_half_a_surrogate_pair_is_found_wherever_it_is(intake: Intake, before: Counts) -> None:
    answer = await posted(intake, json.dumps(a_report(notes=[1, {"a": "b", "line": f"{CANARY}\ud800"}])))
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/notes/1/line"]
    assert_not_echoed(answer.text, CANARY)
    assert await intake.counts() == before


BODIES = {
    "nothing": "",
    "no JSON": f"{{{CANARY}",
    "cut off": json.dumps(a_report())[:-3],
    "two values": json.dumps(a_report()) * 2,
    "a name twice": json.dumps(a_report())[:-1] + ', "kind": "homicide"}',
    "NaN": json.dumps(report_with("/location/lat", float("nan"))),
    "infinity": json.dumps(report_with("/location/lat", float("inf"))),
    "a number beyond floats": json.dumps(a_report()).replace('"injured": 1', '"injured": 1e999'),
    "too deep": "[" * 100_0 + "]" * 100_0,
    "a list": json.dumps([a_report()]),
    "a string": json.dumps(CANARY),
    "null": "null",
    "a number of many digits": json.dumps(a_report()).replace('"injured": 1', '"injured": ' + "9" * 5000),
    "a raw NUL": json.dumps(a_report()).replace("shooting", "shoot\x00ing"),
    "an unknown name of lone surrogates": json.dumps(a_report() | {f"{CANARY}\ud800\x00": 1}),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_body_that_is_no_report_is_refused(intake: Intake, before: Counts, body: str) -> None:
    answer = await posted(intake, body)
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["type"].endswith(("/malformed-json", "/invalid"))
    assert_not_echoed(answer.text, CANARY)
    assert await intake.counts() == before


async def test_a_body_that_is_not_utf_8_is_refused(intake: Intake, before: Counts) -> None:
    answer = await posted(intake, json.dumps(a_report()).encode("utf-16"))
    assert answer.status_code == 400
    assert await intake.counts() == before


async def test_a_body_of_a_megabyte_is_refused(intake: Intake, before: Counts) -> None:
    answer = await posted(intake, json.dumps(a_report() | {"notes": CANARY * 150_000}))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert_not_echoed(answer.text, CANARY)
    assert await intake.counts() == before


async def test_several_mistakes_are_all_named(intake: Intake) -> None:
    answer = await posted(intake, json.dumps(a_report(kind="riot", killed=-3, location={"lat": 99, "lon": -200})))
    assert [error["pointer"] for error in answer.json()["errors"]] == [
        "/kind",
        "/location/lat",
        "/location/lon",
        "/killed",
    ]


@pytest.mark.parametrize("key", ["", "with space", "x" * 201])
async def test_an_idempotency_key_that_cannot_be_is_refused(intake: Intake, before: Counts, key: str) -> None:
    client = intake.source()
    answer = await client.post("/v1/reports", json=a_report(), headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert await intake.counts() == before


async def posted(intake: Intake, body: str | bytes) -> Any:
    client = intake.source()
    headers = {"Idempotency-Key": "bad-input", "Content-Type": "application/json"}
    return await client.post("/v1/reports", content=body, headers=headers)


def assert_not_echoed(text: str, value: Any) -> None:
    """Short values and lists may stand in a problem by chance; all the longer ones are told apart from its words."""
    assert CANARY not in text
    if isinstance(value, str | int | float) and len(str(value)) > 4 and str(value).isascii():
        assert str(value) not in text
