"""A decision is told again from what is kept of it, as it goes through JSON and back."""

import json
import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from services.alerts.domain.candidates import Availability, Candidate
from services.alerts.domain.decision import Inputs, NotKept, decide, pack, unpack
from services.alerts.domain.distances import coarse_m, pressed
from services.alerts.domain.eligibility import barred
from services.alerts.domain.policy import Classification
from services.alerts.domain.ranking import Ranking
from services.alerts.domain.replay import Difference, Kept, differences
from shared.kernel.vocabulary import DispatchRole, IncidentKind
from tests.unit.alerts.dispatch.test_ranking import NEED, NOW, OURS, POLICY, STEPS, THEIRS, person

HURT = Classification(IncidentKind.SHOOTING, anyone_hurt=True)


def crowd(count: int, seed: int) -> list[Candidate]:
    chance = random.Random(seed)

    def maybe(hours: float) -> Any:
        return chance.choice((None, NOW - timedelta(hours=chance.uniform(0, hours))))

    return [
        person(
            number,
            organization_id=chance.choice((OURS, THEIRS)),
            roles=frozenset(chance.sample(list(DispatchRole), chance.randint(1, 3))),
            team_community=chance.choice((None, "alder", "birch")),
            floater=chance.random() < 0.2,
            on_duty=chance.random() < 0.7,
            licensed=chance.random() < 0.8,
            committed=chance.random() < 0.1,
            home_m=chance.randint(0, 15_000),
            position_m=chance.randint(0, 15_000),
            position_at=maybe(1),
            last_offered_at=maybe(90),
            last_cleared_at=maybe(2),
        )
        for number in range(count)
    ]


def kept(ranking: Ranking) -> Kept:
    return Kept(
        tuple((one.interrupter_id, one.tier, coarse_m(one.distance_m), one.step) for one in ranking.ranked),
        {one.interrupter_id: one.reason for one in ranking.not_asked},
        ranking.step,
    )


def again(inputs: Inputs) -> Inputs:
    return unpack(json.loads(json.dumps(pack(inputs, STEPS.radius_steps_m))))


def decided(ranking: Ranking) -> tuple[object, ...]:
    """Two rankings that say the same of everybody are equal in this."""
    return ranking.ranked, ranking.not_asked, ranking.step


def coarse(ranking: Ranking) -> tuple[object, ...]:
    """As it is kept: in whole kilometres."""
    ranked = tuple(one._replace(distance_m=int(coarse_m(one.distance_m))) for one in ranking.ranked)
    return decided(replace(ranking, ranked=ranked))


def without_distances(inputs: Inputs) -> Inputs:
    return replace(inputs, people=[one._replace(home_m=0, position_m=None) for one in inputs.people])


@pytest.mark.parametrize("count", [0, 1, 2, 60, 400])
def test_what_is_kept_comes_to_the_same_decision(count: int) -> None:
    for seed in range(5):
        inputs = Inputs(NEED, HURT, 2, crowd(count, seed))
        assert without_distances(again(inputs)) == without_distances(inputs)
        assert coarse(decide(again(inputs), STEPS).ranking) == coarse(decide(inputs, STEPS).ranking)


@pytest.mark.parametrize("seed", range(5))
def test_of_whoever_is_barred_no_more_need_be_known(seed: int) -> None:
    whole = Inputs(NEED, HURT, 2, crowd(200, seed))
    known = [one for one in whole.people if barred(one.availability) is None]
    others: dict[Availability, list[UUID]] = {}
    for one in whole.people:
        if barred(one.availability) is not None:
            others.setdefault(one.availability, []).append(one.interrupter_id)
    assert known
    assert len(others) > 3
    apart = replace(whole, people=known, barred=others)
    assert decided(decide(apart, STEPS).ranking) == decided(decide(whole, STEPS).ranking)
    assert coarse(decide(again(apart), STEPS).ranking) == coarse(decide(whole, STEPS).ranking)


def test_no_place_is_kept_and_no_exact_distance() -> None:
    packed = pack(Inputs(NEED, HURT, 1, [person(1, home_m=4321, position_m=765, position_at=NOW)]), (2000.0, None))
    assert not {"lat", "lon", "home_lat"} & set(packed["people"])
    assert [packed["people"][name] for name in ("home_m", "position_m")] == [{"all": 3500}, {"all": 501}]


@pytest.mark.parametrize("count", [1, 7, 300, 12_000])
@pytest.mark.parametrize("steps", [(None,), (499.5, 500, 2000, None), (2000.0, 5000.0)])
def test_kept_distances_are_as_coarse_as_kilometres_steps_and_order_allow(
    count: int, steps: tuple[float | None, ...]
) -> None:
    exact = sorted(random.Random(count).sample(range(12_000), count))
    found = pressed(exact, steps)

    def stretch(distance_m: int) -> tuple[float, ...]:
        return (coarse_m(distance_m), *(step is not None and distance_m <= step for step in steps))

    assert [stretch(found[one]) for one in exact] == [stretch(one) for one in exact]
    assert sorted({*found.values()}) == [found[one] for one in exact]
    firsts = [two for one, two in pairwise([None, *exact]) if two and (one is None or stretch(one) != stretch(two))]
    # Whoever is alone in a stretch is told apart from nobody who could be there.
    assert all(found[one] == 0 or stretch(found[one] - 1) != stretch(one) for one in firsts)


def test_what_follows_has_no_differences() -> None:
    inputs = Inputs(NEED, HURT, 1, crowd(60, 3))
    assert differences(kept(decide(inputs, STEPS).ranking), decide(again(inputs), STEPS).ranking) == ()


def test_everything_that_does_not_follow_is_told() -> None:
    first, second = person(1, home_m=400), person(2, home_m=1400)
    was = kept(decide(Inputs(NEED, HURT, 1, [first, second]), POLICY).ranking)
    swapped = decide(Inputs(NEED, HURT, 1, [first._replace(home_m=2600), second]), POLICY).ranking
    assert differences(was, swapped) == (
        Difference(UUID(int=101), "number 1, team, 0 km, step 1", "number 2, team, 3 km, step 1"),
        Difference(UUID(int=102), "number 2, team, 1 km, step 1", "number 1, team, 1 km, step 1"),
    )
    off_duty = decide(Inputs(NEED, HURT, 1, [first, second._replace(on_duty=False)]), POLICY).ranking
    assert differences(was, off_duty) == (
        Difference(UUID(int=102), "number 2, team, 1 km, step 1", "left out: off_duty"),
    )
    gone = decide(Inputs(NEED, HURT, 1, [first]), POLICY).ranking
    assert differences(was, gone)[0].replayed == "not there"
    assert differences(replace(was, step=2), decide(Inputs(NEED, HURT, 1, [first, second]), POLICY).ranking) == (
        Difference(None, "radius step 2", "radius step 1"),
    )


def test_a_fact_that_was_not_kept_then_is_named_and_not_guessed() -> None:
    packed = pack(Inputs(NEED, HURT, 1, [person(1)]), STEPS.radius_steps_m)
    del packed["people"]["reachable"]
    with pytest.raises(NotKept, match="reachable"):
        unpack(packed)


def test_a_persons_availability_is_what_is_known_of_them_under_the_same_names() -> None:
    one = person(1, held=True, floater=True, committed=True)
    assert one.availability._asdict() == {name: getattr(one, name) for name in Availability._fields}


_ALL_ALIKE = {
    "active": True,
    "held": False,
    "on_duty": True,
    "licensed": True,
    "conflicted": False,
    "committed": False,
    "has_open_offer": False,
    "asked_before": False,
    "reachable": True,
    "position_m": None,
    "position_at": None,
    "last_cleared_at": None,
    "last_offered_at": None,
    "team_community": "alder",
    "roles": ["scene"],
    "organization_id": OURS.hex,
}


def test_a_decision_that_was_kept_long_ago_is_read_as_it_was_meant() -> None:
    """As it lies in the database: names and the order of letters are not ours to change any more."""
    one, two = (UUID(int=number) for number in (1, 2))
    lies = {
        "role": "scene",
        "community": "alder",
        "covering": [OURS.hex],
        "at": 1_700_000_000_000_000,
        "incident": {"kind": "shooting", "anyone_hurt": True},
        "at_least": 1,
        "count": 2,
        "people": {name: {"all": value} for name, value in _ALL_ALIKE.items()}
        | {
            "interrupter_id": {"list": [one.hex, two.hex]},
            "home_m": {"list": [1501.5, 501.0]},
            "floater": {"bits": "10"},
        },
        "barred": {
            letters: [UUID(int=number).hex]
            for number, letters in enumerate(
                ("00110000", "11110000", "10010000", "10100000", "10110100", "10110010", "10110001"), start=11
            )
        },
    }
    ranking = decide(unpack(lies), POLICY).ranking
    assert [(who.interrupter_id, who.step) for who in ranking.ranked] == [(two, 1), (one, 1)]
    assert [(who.interrupter_id.int, str(who.reason)) for who in ranking.not_asked] == [
        (11, "inactive"),
        (12, "safety_hold"),
        (13, "off_duty"),
        (14, "no_licence"),
        (15, "conflict_of_interest"),
        (16, "committed"),
        (17, "offered"),
    ]
