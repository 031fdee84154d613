"""The publish command: it adds what is missing, and refuses to take back what was promised."""

from pathlib import Path
from typing import ClassVar

import pytest

from shared.contracts.event import Event, Snapshot
from shared.contracts.fields import Flag, OpaqueId
from shared.contracts.golden import SUMS, golden_path, read_sums
from shared.contracts.publish import Unpublishable, publish
from shared.contracts.topics import INCIDENTS


class Subject(Snapshot):
    subject_id: OpaqueId


class Tried(Event):
    TYPE: ClassVar[str] = "truce.intake.subject.tried.v1"
    TOPIC = INCIDENTS

    subject: Subject

    @property
    def root(self) -> str:
        return str(self.subject.subject_id)

    @property
    def root_version(self) -> int:
        return self.subject.version


class TriedSecretlyChanged(Tried):
    again: Flag | None = None


class TriedAgain(TriedSecretlyChanged):
    SCHEMA: ClassVar[int] = 2


class TriedStrictly(Tried):
    SCHEMA: ClassVar[int] = 2
    again: Flag


class TriedOutOfTurn(Tried):
    SCHEMA: ClassVar[int] = 3


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_missing_golden_is_written_once(tmp_path: Path) -> None:
    assert publish([Tried], tmp_path) == ["truce.intake.subject.tried.v1/1"]
    before = contents(tmp_path)
    assert publish([Tried], tmp_path) == []
    assert contents(tmp_path) == before
    assert before.keys() == {SUMS, "truce.intake.subject.tried.v1/1.json"}


def test_an_optional_field_gets_a_number_and_a_golden_of_its_own(tmp_path: Path) -> None:
    publish([Tried], tmp_path)
    first = golden_path(tmp_path, Tried.schema_name()).read_bytes()
    assert publish([TriedAgain], tmp_path) == ["truce.intake.subject.tried.v1/2"]
    assert golden_path(tmp_path, Tried.schema_name()).read_bytes() == first
    assert len(read_sums(tmp_path)) == 2


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (TriedSecretlyChanged, "tried.v1/1 is released and would change"),
        (TriedStrictly, "tried.v1/2: /again: added as required"),
        (TriedOutOfTurn, "tried.v1/3: number 2 was never published"),
    ],
)
def test_a_broken_promise_is_refused_and_nothing_is_written(tmp_path: Path, event: type[Event], reason: str) -> None:
    publish([Tried], tmp_path)
    before = contents(tmp_path)
    with pytest.raises(Unpublishable, match=reason):
        publish([event], tmp_path)
    assert contents(tmp_path) == before


def test_an_edited_golden_is_not_healed_in_silence(tmp_path: Path) -> None:
    publish([Tried], tmp_path)
    golden_path(tmp_path, Tried.schema_name()).write_text("{}")
    with pytest.raises(Unpublishable, match="was edited"):
        publish([Tried], tmp_path)
