"""The source of a report is the caller's identity; only staff name whose words they pass on."""

import pytest

from services.intake.domain.sources import NotTheirs, UnknownSource, source_of
from services.intake.domain.visibility import View, view
from shared.kernel.vocabulary import SourceKind


@pytest.mark.parametrize("kind", SourceKind)
def test_a_source_is_what_its_identity_says(kind: SourceKind) -> None:
    assert source_of(kind.value, None, staff=False) is kind


@pytest.mark.parametrize("claimed", [None, "", "newspaper", "POLICE"])
def test_an_identity_that_says_nothing_known_is_no_source(claimed: str | None) -> None:
    assert source_of(claimed, None, staff=False) == UnknownSource()


def test_staff_without_a_kind_are_staff() -> None:
    assert source_of(None, None, staff=True) is SourceKind.STAFF


@pytest.mark.parametrize("told_by", SourceKind)
def test_staff_pass_on_what_others_told_them_as_the_others(told_by: SourceKind) -> None:
    assert source_of(None, told_by, staff=True) is told_by


@pytest.mark.parametrize("claimed", ["police", "hospital", "resident", "sensor"])
def test_nobody_else_speaks_for_others(claimed: str) -> None:
    assert source_of(claimed, SourceKind.POLICE, staff=False) == NotTheirs()


@pytest.mark.parametrize(
    ("office", "reported_it", "seen"),
    [
        (True, False, View.WHOLE),
        (True, True, View.WHOLE),
        (False, True, View.STATE_ONLY),
        (False, False, View.NOTHING),
    ],
)
def test_the_office_sees_all_and_a_source_the_state_of_its_own(office: bool, reported_it: bool, seen: View) -> None:
    assert view(office=office, reported_it=reported_it, kept_from_them=False) is seen
    assert view(office=office, reported_it=reported_it, kept_from_them=True) is View.NOTHING
