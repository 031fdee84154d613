"""Who is asked, in what order, and why the others are not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.alerts.domain.candidates import Candidate, Need
from services.alerts.domain.eligibility import hindrances, lost_standing
from services.alerts.domain.hours import WeeklyHours
from services.alerts.domain.policy import Policy
from services.alerts.domain.ranking import rank
from shared.kernel.vocabulary import DispatchRole, LeftOut, Tier

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
OURS, THEIRS = UUID(int=1), UUID(int=2)
NEED = Need(DispatchRole.SCENE, "alder", frozenset({OURS}), NOW)
POLICY = Policy(
    name="test",
    version=1,
    roles={DispatchRole.SCENE: 1},
    parallel_offers=1,
    acknowledge_within=timedelta(minutes=2),
    accept_within=timedelta(minutes=5),
    undelivered_after=timedelta(seconds=5),
    location_max_age=timedelta(minutes=30),
    rest=timedelta(hours=1),
    radius_steps_m=(None,),
    page_repeat=timedelta(minutes=2),
    activation_max_age=timedelta(hours=6),
    hand_back_after=timedelta(minutes=30),
)


def north(km: float) -> int:
    return round(1000 * km)


def person(number: int, **facts: object) -> Candidate:
    usual = Candidate(
        interrupter_id=UUID(int=100 + number),
        organization_id=OURS,
        roles=frozenset({DispatchRole.SCENE}),
        team_community="alder",
        floater=False,
        active=True,
        held=False,
        on_duty=True,
        licensed=True,
        conflicted=False,
        committed=False,
        has_open_offer=False,
        asked_before=False,
        reachable=True,
        home_m=north(1),
        position_m=None,
        position_at=None,
        last_offered_at=None,
        last_cleared_at=None,
    )
    return usual._replace(**facts)  # type: ignore[arg-type] # the facts under test


def order(*people: Candidate, need: Need = NEED, policy: Policy = POLICY) -> list[int]:
    return [one.interrupter_id.int - 100 for one in rank(people, need, policy).ranked]


def reason(one: Candidate, need: Need = NEED, policy: Policy = POLICY) -> LeftOut | None:
    found = rank([one], need, policy).not_asked
    return found[0].reason if found else None


def test_inside_a_tier_the_nearest_comes_first() -> None:
    assert order(person(1, home_m=north(3)), person(2, home_m=north(1)), person(3, home_m=north(2))) == [2, 3, 1]


def test_the_tiers_come_before_distance() -> None:
    floater = person(1, licensed=False, floater=True, team_community=None, home_m=north(0.1))
    elsewhere = person(2, organization_id=THEIRS, team_community="birch", home_m=north(0.2))
    colleague = person(3, team_community="birch", home_m=north(0.3))
    team = person(4, home_m=north(9))
    ranking = rank([floater, elsewhere, colleague, team], NEED, POLICY)
    assert [one.tier for one in ranking.ranked] == [Tier.TEAM, Tier.ORGANIZATION, Tier.LICENSED, Tier.FLOATER]


def test_at_equal_distance_the_one_not_asked_for_longest_comes_first_then_the_id() -> None:
    recently = person(1, last_offered_at=NOW - timedelta(hours=1))
    long_ago = person(2, last_offered_at=NOW - timedelta(hours=9))
    assert order(recently, long_ago, person(4), person(3)) == [3, 4, 2, 1]


def test_a_fresh_position_counts_and_a_stale_one_does_not() -> None:
    here = {"position_m": north(0.1), "home_m": north(5)}
    fresh = person(1, position_at=NOW - timedelta(minutes=30), **here)
    stale = person(2, position_at=NOW - timedelta(minutes=31), **here)
    distances = {one.interrupter_id: one.distance_m for one in rank([fresh, stale], NEED, POLICY).ranked}
    assert distances[fresh.interrupter_id] == 100
    assert distances[stale.interrupter_id] == 5000


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"active": False}, LeftOut.INACTIVE),
        ({"roles": frozenset({DispatchRole.FAMILY})}, LeftOut.WITHOUT_ROLE),
        ({"on_duty": False}, LeftOut.OFF_DUTY),
        ({"licensed": False}, LeftOut.NO_LICENCE),
        ({"conflicted": True}, LeftOut.CONFLICT_OF_INTEREST),
        ({"committed": True}, LeftOut.COMMITTED),
        ({"has_open_offer": True}, LeftOut.OFFERED),
        ({"asked_before": True}, LeftOut.ASKED_BEFORE),
        ({"last_cleared_at": NOW - timedelta(minutes=59)}, LeftOut.RESTING),
        ({"held": True}, LeftOut.SAFETY_HOLD),
        ({"reachable": False}, LeftOut.UNREACHABLE),
    ],
)
def test_whoever_cannot_be_asked_is_left_out_with_the_reason(facts: dict[str, object], expected: LeftOut) -> None:
    assert reason(person(1, **facts)) is expected


def test_rest_ends_exactly_when_it_is_over() -> None:
    assert reason(person(1, last_cleared_at=NOW - timedelta(hours=1))) is None


@pytest.mark.parametrize(
    ("facts", "left"),
    [
        ({"worked_s": 40 * 3600 - 1}, False),
        ({"worked_s": 40 * 3600}, True),
        ({"worked_s": 20 * 3600, "part_time_h": 20}, True),
        ({"worked_s": 20 * 3600 - 1, "part_time_h": 20}, False),
    ],
)
def test_whoever_has_no_hours_left_this_week_is_left_out(facts: dict[str, object], *, left: bool) -> None:
    limited = replace(POLICY, weekly_hours=WeeklyHours(30, 10, against_engagement_alone=False))
    assert reason(person(1, **facts), policy=limited) is (LeftOut.OVER_HOURS if left else None)
    assert reason(person(1, **facts)) is None


def test_a_radius_leaves_out_who_is_farther() -> None:
    near = replace(POLICY, radius_steps_m=(2000.0,))
    assert reason(person(1, home_m=north(2.1)), policy=near) is LeftOut.OUT_OF_RADIUS
    assert reason(person(1, home_m=north(1.9)), policy=near) is None


STEPS = replace(POLICY, radius_steps_m=(2000.0, 5000.0, None))


def test_the_radius_widens_only_when_nobody_is_left_in_it() -> None:
    near, far, farthest = person(1, home_m=north(1)), person(2, home_m=north(4)), person(3, home_m=north(20))
    narrow = rank([near, far, farthest], NEED, STEPS)
    assert [(one.interrupter_id.int - 100, one.step) for one in narrow.ranked] == [(1, 1)]
    assert [(one.interrupter_id.int - 100, one.reason, one.step) for one in narrow.not_asked] == [
        (2, LeftOut.OUT_OF_RADIUS, 2),
        (3, LeftOut.OUT_OF_RADIUS, 3),
    ]
    asked = near._replace(asked_before=True)
    assert order(asked, far, farthest, policy=STEPS) == [2]
    assert order(asked, far._replace(committed=True), farthest, policy=STEPS) == [3]


def test_an_empty_step_is_passed_over_and_enough_people_are_found_at_once() -> None:
    far, farthest = person(2, home_m=north(4)), person(3, home_m=north(20))
    assert order(far, farthest, policy=STEPS) == [2]
    both = rank([far, farthest], NEED, STEPS, 2)
    assert [one.step for one in both.ranked] == [2, 3]
    assert rank([far, farthest], NEED, STEPS, 9).ranked == both.ranked


def test_a_step_outweighs_the_tier_and_standing_outweighs_every_step() -> None:
    floater = person(1, licensed=False, floater=True, home_m=north(0.1))
    near = person(2, organization_id=THEIRS, home_m=north(1))
    team = person(3, home_m=north(3))
    ranking = rank([floater, near, team], NEED, STEPS)
    assert [one.interrupter_id.int - 100 for one in ranking.ranked] == [2, 1]
    assert [one.interrupter_id.int - 100 for one in ranking.choices] == [2]
    assert order(floater, near._replace(on_duty=False), team, policy=STEPS) == [3, 1]
    assert rank([floater], NEED, STEPS).choices[0].tier is Tier.FLOATER


def test_outside_every_community_only_floaters_can_be_asked() -> None:
    nowhere = replace(NEED, community=None, covering=frozenset())
    assert reason(person(1, licensed=False), need=nowhere) is LeftOut.NO_LICENCE
    assert order(person(2, licensed=False, floater=True), need=nowhere) == [2]


def test_everybody_considered_is_in_exactly_one_list() -> None:
    people = [person(number, on_duty=number % 3 > 0, licensed=number % 5 > 0) for number in range(60)]
    ranking = rank(people, NEED, POLICY)
    asked = {one.interrupter_id for one in ranking.ranked}
    left = {one.interrupter_id for one in ranking.not_asked}
    assert asked | left == {one.interrupter_id for one in people}
    assert not asked & left


def test_the_order_in_which_people_are_read_does_not_matter() -> None:
    people = [person(number, home_m=north(number % 7)) for number in range(30)]
    assert rank(people, NEED, POLICY) == rank(people[::-1], NEED, POLICY)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"active": False}, LeftOut.INACTIVE),
        ({"held": True}, LeftOut.SAFETY_HOLD),
        ({"roles": frozenset({DispatchRole.FAMILY})}, LeftOut.WITHOUT_ROLE),
        ({"on_duty": False}, LeftOut.OFF_DUTY),
        ({"licensed": False}, LeftOut.NO_LICENCE),
        ({"conflicted": True}, LeftOut.CONFLICT_OF_INTEREST),
        ({"committed": True}, LeftOut.COMMITTED),
    ],
)
def test_a_late_yes_is_void_without_standing(facts: dict[str, object], reason: LeftOut) -> None:
    assert lost_standing(person(1, **facts), NEED, POLICY) == (reason,)


def test_a_late_yes_outweighs_what_only_keeps_people_from_being_asked() -> None:
    asked = person(1, has_open_offer=True, asked_before=True, reachable=False, last_cleared_at=NOW)
    assert lost_standing(asked, NEED, POLICY) == ()
    assert hindrances(asked, NEED, POLICY) == (
        LeftOut.OFFERED,
        LeftOut.ASKED_BEFORE,
        LeftOut.RESTING,
        LeftOut.UNREACHABLE,
    )
