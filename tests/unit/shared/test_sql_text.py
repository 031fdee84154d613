"""SQL text with named parameters, as the driver wants it."""

import pytest

from shared.persistence.sql_text import parse


@pytest.mark.parametrize(
    ("statement", "text", "names"),
    [
        ("SELECT :a, :b", "SELECT $1, $2", ("a", "b")),
        ("SELECT :b, :a, :b", "SELECT $1, $2, $1", ("b", "a")),
        ("SELECT :a::date, x::text", "SELECT $1::date, x::text", ("a",)),
        ("SELECT to_char(now(), 'HH24:MI')", "SELECT to_char(now(), 'HH24:MI')", ()),
        ("SELECT CAST(:at_1 AS uuid[])", "SELECT CAST($1 AS uuid[])", ("at_1",)),
        ("SELECT ARRAY[1,2,3][1:2]", "SELECT ARRAY[1,2,3][1:2]", ()),
    ],
)
def test_names_become_places_and_nothing_else_does(statement: str, text: str, names: tuple[str, ...]) -> None:
    parsed = parse(statement)
    assert (parsed.text, parsed.names) == (text, names)


def test_arguments_are_in_the_order_of_their_places() -> None:
    assert parse("SELECT :b, :a, :b").arguments({"a": 1, "b": 2}) == [2, 1]


@pytest.mark.parametrize("given", [{"a": 1}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "c": 3}])
def test_what_is_missing_or_not_used_is_refused(given: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError)):
        parse("SELECT :a, :b").arguments(given)
