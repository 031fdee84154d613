"""What is known of an incident is what was said of it, in its order, and nothing that is another's."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intake.domain.derivation import Corrected, Joined, Known, Said, derive
from services.intake.domain.facts import Facts
from shared.kernel.vocabulary import IncidentKind, Relationship, SceneStatus, Weapon

ONE, OTHER, THIRD = (UUID(int=number) for number in (1, 2, 3))
SHOTS, HURT = IncidentKind.SHOTS_FIRED, IncidentKind.SHOOTING
Happened = Said | Corrected | Joined


def at(minute: int) -> datetime:
    return datetime(2026, 5, 1, 12, minute, tzinfo=UTC)


def facts(kind: IncidentKind = HURT, *, threat: bool = False, **known: Any) -> Facts:
    return Facts(kind, Weapon.UNKNOWN, Relationship.UNKNOWN, active_threat=threat, **known)


def said(minute: int, what: Facts, home: UUID = ONE) -> Said:
    return Said(at(minute), home, what)


def corrected(minute: int, home: UUID = ONE, **values: Any) -> Corrected:
    return Corrected(at(minute), home, values)


def known(*happened: Happened) -> Known:
    return derive(ONE, happened)


def test_it_is_what_its_reports_say_the_first_of_them_first() -> None:
    shots, hurt = facts(SHOTS), facts(injured=2)
    assert known(said(1, shots), said(2, hurt)).facts == hurt
    assert known(said(2, hurt), said(1, shots)) == known(said(1, shots), said(2, hurt)), "in whatever order it is read"
    assert known(said(1, shots)) == Known(shots, SceneStatus.UNKNOWN)


def test_a_correction_outweighs_what_was_said_before_it_and_later_reports_may_say_more() -> None:
    assert known(said(1, facts(injured=3)), corrected(2, injured=1)).facts.injured == 1
    assert known(said(1, facts(injured=3)), corrected(2, injured=1), said(3, facts(injured=2))).facts.injured == 2
    death = known(said(1, facts(killed=0)), corrected(2, kind="assault", weapon="knife"), said(3, facts(killed=1)))
    assert (death.facts.kind, death.facts.killed, death.facts.weapon) == (IncidentKind.HOMICIDE, 1, Weapon.KNIFE)


def test_a_correction_stays_where_the_reports_that_it_corrected_are_anothers_now() -> None:
    found = known(corrected(1, juvenile_involved=True), said(2, facts(injured=4, juvenile_involved=False)))
    assert (found.facts.juvenile_involved, found.facts.injured) == (True, 4)


def test_what_is_merged_into_it_gives_what_it_knew_then_with_its_own_corrections() -> None:
    before: Sequence[Happened] = [
        said(1, facts(SHOTS)),
        said(2, facts(injured=5), OTHER),
        corrected(3, OTHER, injured=2),
    ]
    assert known(*before).facts == facts(SHOTS), "not before it is merged"
    assert known(*before, Joined(at(4), OTHER, ONE)).facts == facts(injured=2)
    later = [Joined(at(4), OTHER, ONE), corrected(5, killed=1, kind="homicide"), said(6, facts(injured=7), OTHER)]
    after = known(*before, *later)
    assert (after.facts.kind, after.facts.killed, after.facts.injured) == (IncidentKind.HOMICIDE, 1, 7)
    assert derive(OTHER, before).facts == facts(injured=2), "and without it is what it was"


def test_through_a_chain_of_merges_all_comes_to_the_root() -> None:
    chain = [Joined(at(4), THIRD, OTHER), Joined(at(5), OTHER, ONE)]
    told = [said(1, facts(SHOTS)), said(2, facts(SHOTS), OTHER), said(3, facts(killed=1), THIRD)]
    assert known(*told, *chain).facts.kind is IncidentKind.HOMICIDE
    assert known(*told, *chain, said(6, facts(injured=9), THIRD)).facts.injured == 9
    assert derive(OTHER, [*told, chain[0]]).facts.killed == 1


@pytest.mark.parametrize(
    ("happened", "scene", "threat"),
    [
        ([said(1, facts(threat=True))], SceneStatus.ACTIVE_THREAT, True),
        (
            [said(1, facts(threat=True)), corrected(2, scene_status="clear", active_threat=False)],
            SceneStatus.CLEAR,
            False,
        ),
        ([corrected(0, scene_status="police_on_scene"), said(1, facts())], SceneStatus.POLICE_ON_SCENE, False),
        (
            [said(1, facts()), corrected(2, scene_status="clear"), said(3, facts(threat=True))],
            SceneStatus.ACTIVE_THREAT,
            True,
        ),
        (
            [said(1, facts()), said(2, facts(threat=True), OTHER), Joined(at(3), OTHER, ONE)],
            SceneStatus.ACTIVE_THREAT,
            True,
        ),
        (
            [
                said(1, facts()),
                said(2, facts(), OTHER),
                corrected(3, OTHER, scene_status="clear"),
                Joined(at(4), OTHER, ONE),
            ],
            SceneStatus.CLEAR,
            False,
        ),
    ],
)
def test_the_scene_is_as_was_said_last(happened: list[Happened], scene: SceneStatus, threat: bool) -> None:
    found = known(*happened)
    assert (found.scene, found.facts.active_threat) == (scene, threat)


def test_a_long_tale_is_told_in_time() -> None:
    long = [Said(at(0) + timedelta(seconds=n), ONE, facts(injured=n)) for n in range(2_000)]
    assert known(*long).facts.injured == 1_999
