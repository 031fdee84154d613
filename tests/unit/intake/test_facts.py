"""What is known about an incident only grows."""

from dataclasses import replace
from itertools import product

import pytest

from services.intake.domain.facts import Facts, merge, settled
from shared.kernel.vocabulary import IncidentKind, Relationship, Weapon

SHOOTING = Facts(IncidentKind.SHOOTING, Weapon.UNKNOWN, Relationship.UNKNOWN, active_threat=False)


@pytest.mark.parametrize(
    ("known", "said", "after"),
    [(None, None, None), (None, 0, 0), (None, 2, 2), (1, None, 1), (1, 3, 3), (3, 1, 3), (2, 0, 2)],
)
def test_counts_rise_and_never_fall(known: int | None, said: int | None, after: int | None) -> None:
    merged = merge(replace(SHOOTING, injured=known), replace(SHOOTING, injured=said))
    assert merged.injured == after


@pytest.mark.parametrize(
    ("known", "said", "after"),
    [(None, True, True), (None, False, False), (True, False, True), (False, True, False), (True, None, True)],
)
def test_what_is_known_is_not_contradicted_by_a_later_report(
    known: bool | None, said: bool | None, after: bool | None
) -> None:
    merged = merge(replace(SHOOTING, juvenile_involved=known), replace(SHOOTING, juvenile_involved=said))
    assert merged.juvenile_involved is after
    merged = merge(replace(SHOOTING, believed_group_related=known), replace(SHOOTING, believed_group_related=said))
    assert merged.believed_group_related is after


def test_weapon_and_relationship_become_known_once() -> None:
    knife = replace(SHOOTING, weapon=Weapon.KNIFE, relationship=Relationship.GROUP)
    gun = replace(SHOOTING, weapon=Weapon.FIREARM, relationship=Relationship.STRANGER)
    assert merge(SHOOTING, knife) == knife
    assert merge(knife, gun) == knife
    assert merge(knife, SHOOTING) == knife


def test_a_threat_once_reported_stays() -> None:
    assert merge(replace(SHOOTING, active_threat=True), SHOOTING).active_threat


@pytest.mark.parametrize("kind", [kind for kind in IncidentKind if kind is not IncidentKind.OTHER])
def test_a_death_or_the_word_makes_it_a_homicide(kind: IncidentKind) -> None:
    known = replace(SHOOTING, kind=kind)
    assert settled(replace(known, killed=1)).kind is IncidentKind.HOMICIDE
    assert merge(known, replace(SHOOTING, killed=2)).kind is IncidentKind.HOMICIDE
    assert merge(known, replace(SHOOTING, kind=IncidentKind.HOMICIDE)).kind is IncidentKind.HOMICIDE


def test_a_death_of_another_kind_is_no_homicide_until_somebody_says_so() -> None:
    other = replace(SHOOTING, kind=IncidentKind.OTHER, killed=1)
    assert settled(other).kind is IncidentKind.OTHER
    assert merge(other, replace(other, injured=1)).kind is IncidentKind.OTHER
    assert merge(other, replace(SHOOTING, kind=IncidentKind.HOMICIDE)).kind is IncidentKind.HOMICIDE


def test_no_other_change_of_kind_is_made_by_a_report() -> None:
    assert merge(SHOOTING, replace(SHOOTING, kind=IncidentKind.STABBING)).kind is IncidentKind.SHOOTING


def every() -> list[Facts]:
    kinds, weapons = (IncidentKind.SHOOTING, IncidentKind.OTHER, IncidentKind.HOMICIDE), (Weapon.UNKNOWN, Weapon.KNIFE)
    return [
        Facts(kind, weapon, Relationship.UNKNOWN, threat, injured=count, killed=count, juvenile_involved=flag)
        for kind, weapon, threat, count, flag in product(
            kinds, weapons, (True, False), (None, 0, 2), (None, True, False)
        )
    ]


def test_merging_the_same_again_changes_nothing_and_never_ends_in_a_contradiction() -> None:
    for known, said in product(every(), every()):
        once = merge(settled(known), said)
        assert merge(once, said) == once
        assert settled(once) == once
        assert not (once.kind is IncidentKind.HOMICIDE and once.killed == 0)
        assert not (once.killed and once.kind is IncidentKind.SHOOTING)
