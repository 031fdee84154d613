"""How well an incident is known, by who told of it."""

import pytest

from services.intake.domain.sources import Trust
from services.intake.domain.verification import Voice, weigh
from shared.kernel.vocabulary import SourceKind, Verification

TRUSTED = frozenset({SourceKind.POLICE, SourceKind.HOSPITAL})
POLICE = Voice("police-feed", SourceKind.POLICE, "22118279")
POLICE_BY_FILE = Voice("police-file", SourceKind.POLICE, "22118279")
ANOTHER_RECORD = Voice("police-feed", SourceKind.POLICE, "22118280")
HOSPITAL = Voice("hospital", SourceKind.HOSPITAL, None)
RESIDENT = Voice("resident-line", SourceKind.RESIDENT, None)
NEIGHBOUR = Voice("community-desk", SourceKind.RESIDENT, None)
SENSOR = Voice("sensors", SourceKind.SENSOR, "22118279")


@pytest.mark.parametrize(
    ("voices", "known"),
    [
        ([RESIDENT], Verification.UNVERIFIED),
        ([SENSOR] * 35, Verification.UNVERIFIED),
        ([POLICE], Verification.SINGLE_SOURCE),
        ([POLICE, ANOTHER_RECORD], Verification.SINGLE_SOURCE),
        ([POLICE, POLICE_BY_FILE], Verification.SINGLE_SOURCE),
        ([POLICE, POLICE_BY_FILE, ANOTHER_RECORD], Verification.SINGLE_SOURCE),
        ([RESIDENT, NEIGHBOUR], Verification.CORROBORATED),
        ([POLICE, HOSPITAL], Verification.CORROBORATED),
        ([POLICE, POLICE_BY_FILE, RESIDENT], Verification.CORROBORATED),
        ([POLICE, SENSOR], Verification.CORROBORATED),
        ([], Verification.UNVERIFIED),
    ],
)
def test_who_told_of_it_says_how_well_it_is_known(voices: list[Voice], known: Verification) -> None:
    assert weigh(voices, TRUSTED, confirmed=False) is known
    assert weigh(reversed(voices), TRUSTED, confirmed=False) is known


def test_what_a_person_confirmed_is_confirmed_whoever_told_of_it() -> None:
    assert all(weigh(voices, TRUSTED, confirmed=True) is Verification.CONFIRMED for voices in ([], [RESIDENT]))


def test_what_a_source_of_little_trust_says_alone_leaves_it_unverified() -> None:
    doubtful = Voice("police-feed", SourceKind.POLICE, None, Trust.LIMITED)
    assert weigh([doubtful], TRUSTED, confirmed=False) is Verification.UNVERIFIED
    known = Voice("worker", SourceKind.RESIDENT, None, Trust.TRUSTED)
    assert weigh([known], TRUSTED, confirmed=False) is Verification.SINGLE_SOURCE
