"""Out of scope is routed with something to tell the caller; everything else stays."""

import pytest

from services.intake.domain.screening import Exclusion, InScope, OutOfScope, screen
from shared.kernel.vocabulary import Relationship, ScreenedOutReason

EXCLUSIONS = (
    Exclusion(frozenset({Relationship.INTIMATE_PARTNER}), "hotline", "call_the_hotline"),
    Exclusion(frozenset({Relationship.FAMILY}), "family_support", "family_support_will_call"),
)


@pytest.mark.parametrize(
    ("relationship", "route", "told"),
    [
        (Relationship.INTIMATE_PARTNER, "hotline", "call_the_hotline"),
        (Relationship.FAMILY, "family_support", "family_support_will_call"),
    ],
)
def test_violence_between_partners_or_within_a_family_is_routed_and_the_caller_is_told(
    relationship: Relationship, route: str, told: str
) -> None:
    decision = screen(relationship, EXCLUSIONS)
    assert decision == OutOfScope(relationship, route, told, ScreenedOutReason.OUT_OF_SCOPE)


@pytest.mark.parametrize(
    "relationship", [Relationship.GROUP, Relationship.STRANGER, Relationship.ACQUAINTANCE, Relationship.UNKNOWN]
)
def test_any_other_relationship_also_an_unknown_one_stays(relationship: Relationship) -> None:
    assert screen(relationship, EXCLUSIONS) == InScope()


@pytest.mark.parametrize("relationship", list(Relationship))
def test_a_programme_without_exclusions_turns_nobody_away(relationship: Relationship) -> None:
    assert screen(relationship, ()) == InScope()


def test_the_first_exclusion_that_names_the_relationship_decides() -> None:
    later = Exclusion(frozenset({Relationship.FAMILY}), "elsewhere", "elsewhere")
    decision = screen(Relationship.FAMILY, (*EXCLUSIONS, later))
    assert isinstance(decision, OutOfScope)
    assert decision.route == "family_support"
