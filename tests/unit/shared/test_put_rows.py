"""Rows for several tables are one statement, each in the order in which they were put."""

from shared.persistence.put_rows import PutRows
from shared.persistence.sql_text import parse

NAMES = "INSERT INTO names (name) SELECT unnest(CAST(:name AS text[]))"
AGES = "INSERT INTO ages (name, age) SELECT * FROM unnest(CAST(:name AS text[]), CAST(:age AS integer[]))"


def test_nothing_put_is_nothing_to_write() -> None:
    assert PutRows().take() is None


def test_rows_of_one_table_are_its_own_insert() -> None:
    rows = PutRows()
    rows.add(NAMES, {"name": "heron"})
    rows.add(NAMES, {"name": "crane"})
    assert rows.take() == (NAMES.replace(":name", ":name_0"), {"name_0": ["heron", "crane"]})
    assert rows.take() is None


def test_rows_of_several_tables_are_one_statement_whose_parameters_are_kept_apart() -> None:
    rows = PutRows()
    rows.add(NAMES, {"name": "heron"})
    rows.add(AGES, {"name": "crane", "age": 4})
    rows.add(NAMES, {"name": "egret"})
    written = rows.take()
    assert written is not None
    statement, parameters = written
    assert statement == f"WITH part_0 AS ({NAMES.replace(':name', ':name_0')}) " + AGES.replace(
        ":name", ":name_1"
    ).replace(":age", ":age_1")
    assert parse(statement).arguments(parameters) == [["heron", "egret"], ["crane"], [4]]
