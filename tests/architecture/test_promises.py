"""Every promise in a README (services, shared, local stack) names the test that proves it, and that test exists.

A promise is an item (or a table's row) under a heading with the word Promises; it names its test as
`tests/…/test_x.py::test_name`, or as `test_x.py::test_name` if the part has named the folder before.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from shared.contracts.topics import SERVICES
from tests.support.sources import ROOT

PROOF = re.compile(r"([\w/.-]+\.py)::(test_\w+)")
FOLDER = re.compile(r"tests/[\w/-]+(?![\w/.-])")
HEADING = re.compile(r"^#+ .*\bpromises\b", re.IGNORECASE)
ITEM = re.compile(r"^ *(?:[-*+]|[0-9]+\.) |^ *\|(?! *:?-)")


@cache
def defined_in(path: str) -> frozenset[str]:
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    return frozenset(node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, functions))


def promises(text: str) -> Iterator[str]:
    """Each item of the part on promises, with the lines that continue it."""
    inside, item = False, ""
    for line in [*text.splitlines(), "# end"]:
        starts = line.startswith("#") or bool(ITEM.match(line)) or not line.strip()
        if starts and item:
            yield item
        if starts:
            item = line.strip() if inside and ITEM.match(line) else ""
        elif item:
            item += f" {line.strip()}"
        if line.startswith("#"):
            inside = bool(HEADING.match(line))


def told(text: str) -> list[str]:
    """The promises proper, without the headings of tables."""
    return [item for item in promises(text) if not item.startswith("| Promise |")]


def proofs(text: str) -> list[tuple[str, str]]:
    """(file, test) of every proof in the part on promises."""
    items = list(promises(text))
    folder = FOLDER.search(" ".join(items))
    found = PROOF.findall(" ".join(items))
    return [(path if path.startswith("tests/") else f"{folder[0] if folder else '?'}/{path}", it) for path, it in found]


def faults(text: str) -> list[str]:
    unproven = [f"no test is named: {item[:80]}" for item in told(text) if not PROOF.search(item)]
    absent = [f"no such test: {path}::{name}" for path, name in proofs(text) if name not in defined_in(path)]
    return unproven + absent + ([] if told(text) else ["it promises nothing"])


@pytest.mark.parametrize("part", [*(f"services/{service}" for service in SERVICES), "shared", "deploy/local"])
def test_every_promise_has_its_test(part: str) -> None:
    page = ROOT / part / "README.md"
    assert page.is_file()
    assert faults(page.read_text()) == []


THIS = "tests/architecture/test_promises.py::test_what_is_promised_is_found"
KEPT = f"""# A service

- owns things

## Promises

- It answers
  soon: `{THIS}`
- Once: `{THIS}`

## Roles

- api
"""


def test_what_is_promised_is_found() -> None:
    assert told(KEPT) == [f"- It answers soon: `{THIS}`", f"- Once: `{THIS}`"]
    assert faults(KEPT) == []


def test_a_table_of_promises_is_read_too() -> None:
    table = f"## What it promises\n\n| Promise | Test |\n|---|---|\n| once | `{THIS}` |\n| soon | none |\n"
    assert faults(table.replace("What it promises", "Promises")) == ["no test is named: | soon | none |"]


def test_the_folder_may_be_named_once() -> None:
    here = THIS.rpartition("/")[2]
    table = f"## Promises\n\n| Promise | Test (`tests/architecture`) |\n|---|---|\n| once | `{here}` |\n"
    assert faults(table) == []
    assert faults(table.replace("tests/architecture", "tests/unit"))[0].startswith("no such test: tests/unit/")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# A service\n", "it promises nothing"),
        ("## Promises\n\n- It never fails.\n", "no test is named"),
        (KEPT.replace("test_what_is_promised_is_found", "test_gone"), "no such test"),
        (KEPT.replace("test_promises.py", "test_absent.py"), "no such test"),
    ],
)
def test_a_planted_empty_promise_is_seen(text: str, fault: str) -> None:
    assert any(found.startswith(fault) for found in faults(text))
