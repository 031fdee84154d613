"""One point, one community, always the same one."""

from itertools import permutations

import pytest

from services.intake.domain.location import NearArea, choose_area


def test_the_area_that_contains_the_point_beats_one_nearby() -> None:
    assert choose_area([NearArea("near", 3.0), NearArea("around", 0.0)], within_m=500.0) == ("around", 0.0)


def test_outside_every_area_the_nearest_within_the_distance_is_taken() -> None:
    assert choose_area([NearArea("far", 480.0), NearArea("near", 90.0)], within_m=500.0) == ("near", 90.0)


@pytest.mark.parametrize(("distance_m", "taken"), [(499.9, True), (500.0, True), (500.1, False)])
def test_the_distance_itself_still_counts_and_nothing_beyond_it(distance_m: float, taken: bool) -> None:
    assert (choose_area([NearArea("only", distance_m)], within_m=500.0) is not None) is taken


def test_no_area_around_is_no_area() -> None:
    assert choose_area([], within_m=500.0) is None


@pytest.mark.parametrize("distance_m", [0.0, 120.0])
def test_of_several_equally_far_the_first_id_is_taken_in_whatever_order_they_come(distance_m: float) -> None:
    areas = [NearArea(name, distance_m) for name in ("beech", "ash", "cedar")]
    assert {choose_area(order, within_m=500.0) for order in permutations(areas)} == {("ash", distance_m)}
