"""Out of scope is routed with something to tell the caller; everything else stays."""

import pytest

from services.intake.domain.screening import Exclusion, InScope, OutOfScope, Screened, screen
from shared.kernel.vocabulary import IncidentKind, Relationship, ScreenedOutReason

EXCLUSIONS = (
    Exclusion("hotline", "call_the_hotline", frozenset({Relationship.INTIMATE_PARTNER})),
    Exclusion("family_support", "family_support_will_call", frozenset({Relationship.FAMILY})),
)
QUARREL = Exclusion("hotline", "a_quarrel", frozenset({Relationship.ACQUAINTANCE}), frozenset({IncidentKind.THREAT}))
ROBBERY = Exclusion("police", "call_the_police", kinds=frozenset({IncidentKind.ARMED_ROBBERY}))


def shooting(relationship: Relationship) -> Screened:
    return Screened(IncidentKind.SHOOTING, relationship)


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
    decision = screen(shooting(relationship), EXCLUSIONS)
    assert decision == OutOfScope(route, told, ScreenedOutReason.OUT_OF_SCOPE)


@pytest.mark.parametrize(
    "relationship", [Relationship.GROUP, Relationship.STRANGER, Relationship.ACQUAINTANCE, Relationship.UNKNOWN]
)
def test_any_other_relationship_also_an_unknown_one_stays(relationship: Relationship) -> None:
    assert screen(shooting(relationship), EXCLUSIONS) == InScope()


@pytest.mark.parametrize("relationship", list(Relationship))
def test_a_programme_without_exclusions_turns_nobody_away(relationship: Relationship) -> None:
    assert screen(shooting(relationship), ()) == InScope()


def test_the_first_exclusion_that_names_the_relationship_decides() -> None:
    later = Exclusion("elsewhere", "elsewhere", frozenset({Relationship.FAMILY}))
    decision = screen(shooting(Relationship.FAMILY), (*EXCLUSIONS, later))
    assert isinstance(decision, OutOfScope)
    assert decision.route == "family_support"


@pytest.mark.parametrize("relationship", list(Relationship))
@pytest.mark.parametrize("kind", list(IncidentKind))
def test_a_kind_is_turned_away_alone_or_together_with_a_relationship(
    kind: IncidentKind, relationship: Relationship
) -> None:
    decision = screen(Screened(kind, relationship), (QUARREL, ROBBERY))
    if kind is IncidentKind.ARMED_ROBBERY:
        assert decision == OutOfScope("police", "call_the_police")
    elif (kind, relationship) == (IncidentKind.THREAT, Relationship.ACQUAINTANCE):
        assert decision == OutOfScope("hotline", "a_quarrel")
    else:
        assert decision == InScope()


@pytest.mark.parametrize("kind", list(IncidentKind))
def test_no_kind_is_turned_away_that_a_group_is_believed_to_stand_behind(kind: IncidentKind) -> None:
    known = Screened(kind, Relationship.ACQUAINTANCE, believed_group_related=True)
    assert screen(known, (QUARREL, ROBBERY)) == InScope()
