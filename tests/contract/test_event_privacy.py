"""What may be on a topic at all: every field has a privacy class that its topic's readers may see, and none is text.

The envelope's two facts, an event's `at` and its root's `version`, say something of the record and of nobody; every
topic needs them to keep its order, so they alone may be P1 where everything else must be P0.
"""

import re

import pytest

from shared.contracts.event import Event
from shared.contracts.fields import PrivacyClass
from shared.contracts.golden import Schema, schema_of
from shared.contracts.registry import EVENTS
from shared.contracts.topics import Readers
from tests.support.schemas import Leaf, leaves

every_event = pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())

P0, P1, P2 = PrivacyClass.P0, PrivacyClass.P1, PrivacyClass.P2
SEEN_BY = {
    Readers.OPERATIONAL: {P0, P1, P2},
    Readers.RESTRICTED: {P0, P1},
    Readers.ANALYTIC: {P0},
    Readers.PUBLIC: {P0},
}
# The names of places and of contractors, which are public anyway: the only fields that hold words.
PUBLIC_NAMES = {"area.name", "organization.name", "incident.community.name"}
PERSONAL = {
    "person",
    "surname",
    "alias",
    "nickname",
    "phone",
    "mobile",
    "telephone",
    "email",
    "mail",
    "address",
    "street",
    "dob",
    "birth",
    "birthday",
    "birthdate",
    "age",
    "gender",
    "race",
    "ssn",
    "passport",
    "photo",
    "picture",
    "note",
    "notes",
    "narrative",
    "comment",
    "comments",
    "remark",
    "remarks",
    "text",
    "description",
    "summary",
    "message",
    "details",
}
SENTENCE = "Met J. Smith at 12 Elm St, call 202-555-0143"
HUMAN_WORDS = ("John Smith", "J. Smith", "12 Elm St", "+12025550143", "j@example.org", SENTENCE)
OPAQUE_FORMATS = {"uuid", "date", "date-time"}


def unmarked(schema: Schema) -> list[str]:
    known = {kind.value for kind in PrivacyClass}
    return [leaf.path for leaf in leaves(schema) if leaf.schema.get("x-privacy") not in known]


def not_for(readers: Readers, schema: Schema) -> list[str]:
    seen = {kind.value for kind in SEEN_BY[readers]}
    return [leaf.path for leaf in leaves(schema) if not of_the_envelope(leaf) and leaf.schema["x-privacy"] not in seen]


def of_the_envelope(leaf: Leaf) -> bool:
    return leaf.schema["x-privacy"] == P1 and bool(re.fullmatch(r"at|[a-z_]+\.version", leaf.path))


def free_texts(schema: Schema) -> list[str]:
    return [leaf.path for leaf in leaves(schema) if leaf.schema.get("type") == "string" and is_free(leaf)]


def is_free(leaf: Leaf) -> bool:
    """A pattern that lets a person's name, number or a sentence through is no pattern."""
    if "enum" in leaf.schema or "const" in leaf.schema or leaf.schema.get("format") in OPAQUE_FORMATS:
        return False
    pattern = leaf.schema.get("pattern")
    if pattern is None or not (pattern.startswith("^") and pattern.endswith("$")):
        return True
    named = leaf.path in PUBLIC_NAMES and leaf.schema["x-privacy"] == P0
    return not named and any(re.search(pattern, words) for words in HUMAN_WORDS)


def personal(schema: Schema) -> list[str]:
    return [leaf.path for leaf in leaves(schema) if leaf.path not in PUBLIC_NAMES and sounds_personal(leaf.path)]


def sounds_personal(path: str) -> bool:
    words = set(path.rsplit(".", 1)[-1].replace("[]", "").split("_"))
    return bool(words & (PERSONAL | {"name", "names"}))


@every_event
def test_every_field_has_a_privacy_class(event: type[Event]) -> None:
    assert unmarked(schema_of(event)) == []


@every_event
def test_no_field_is_above_what_its_topics_readers_may_see(event: type[Event]) -> None:
    assert not_for(event.TOPIC.readers, schema_of(event)) == []


@every_event
def test_nothing_is_free_text(event: type[Event]) -> None:
    assert free_texts(schema_of(event)) == []


@every_event
def test_no_field_is_named_like_something_personal(event: type[Event]) -> None:
    assert personal(schema_of(event)) == []


def test_every_class_of_reader_is_judged() -> None:
    assert SEEN_BY.keys() == set(Readers)


def body(**fields: Schema) -> Schema:
    return {"properties": {"root": {"properties": fields}}}


def text(**rules: object) -> Schema:
    return {"type": "string", "x-privacy": "P1"} | rules


@pytest.mark.parametrize(
    "rules",
    [{}, {"maxLength": 40}, {"pattern": "[a-z]"}, {"pattern": r"^[^\x00]{1,80}$"}, {"pattern": r"^\+?[0-9-]{7,15}$"}],
)
def test_a_planted_free_text_is_found(rules: Schema) -> None:
    assert free_texts(body(nature=text(**rules))) == ["root.nature"]


@pytest.mark.parametrize("name", ["first_name", "worker_email", "notes", "home_address", "birth_date", "phone"])
def test_a_planted_personal_field_is_found(name: str) -> None:
    assert personal(body(**{name: text(format="uuid")})) == [f"root.{name}"]


def test_a_planted_field_without_class_is_found() -> None:
    assert unmarked(body(weight={"type": "integer"})) == ["root.weight"]


@pytest.mark.parametrize(
    ("readers", "privacy"),
    [
        (Readers.RESTRICTED, P2),
        (Readers.ANALYTIC, P1),
        (Readers.ANALYTIC, P2),
        (Readers.PUBLIC, P1),
        (Readers.PUBLIC, P2),
    ],
)
def test_a_planted_field_above_its_readers_is_found(readers: Readers, privacy: PrivacyClass) -> None:
    assert not_for(readers, body(point={"type": "number", "x-privacy": privacy.value})) == ["root.point"]


def test_a_version_that_is_not_the_roots_is_no_envelope() -> None:
    deep = {"properties": {"root": body(version={"type": "integer", "x-privacy": "P1"})}}
    assert not_for(Readers.PUBLIC, deep) == ["root.root.version"]
