"""The migrations of a service are one line, each behind one other: two with one number would leave one of them out."""

import re
from pathlib import Path

import pytest

from shared.contracts.topics import SERVICES
from tests.support.sources import ROOT

_NUMBERED = re.compile(r'^revision = "(\w+)"\ndown_revision = (?:"(\w+)"|None)$', re.MULTILINE)


def steps(folder: Path) -> list[tuple[str, str]]:
    """(number, number of the one before) of each file, in the order of their names."""
    found = [_NUMBERED.search(path.read_text()) for path in sorted(folder.glob("*_[0-9]*.py"))]
    return [(match[1], match[2] or "") for match in found if match]


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_are_one_line(service: str) -> None:
    folder = ROOT / "services" / service / "migrations" / "versions"
    numbers = [number for number, _ in steps(folder)]
    assert steps(folder) == list(zip(numbers, ["", *numbers], strict=False))
    assert len(numbers) == len(set(numbers)) == len(list(folder.glob("*_[0-9]*.py")))


def test_two_with_one_number_are_seen(tmp_path: Path) -> None:
    for name, before in (("a_0001", None), ("a_0002", "a_0001"), ("a_0002", "a_0001")):
        text = f'revision = "{name}"\ndown_revision = {before and chr(34) + before + chr(34)}\n'
        (tmp_path / f"{name}_{len(list(tmp_path.iterdir()))}.py").write_text(text)
    numbers = [number for number, _ in steps(tmp_path)]
    assert steps(tmp_path) != list(zip(numbers, ["", *numbers], strict=False))
