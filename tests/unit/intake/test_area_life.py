"""Sets of areas that follow each other: which one holds on a day, and when an area begins and ends."""

from datetime import date

import pytest

from services.intake.domain.area_life import Life, in_force_on, lives

FIRST, SECOND, THIRD = date(2021, 7, 1), date(2024, 1, 1), date(2026, 1, 1)


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(1999, 1, 1), FIRST),
        (FIRST, FIRST),
        (date(2023, 12, 31), FIRST),
        (SECOND, SECOND),
        (date(2030, 1, 1), THIRD),
    ],
)
def test_a_set_holds_from_its_day_to_the_next_and_the_first_for_all_before(day: date, holds: date) -> None:
    assert in_force_on(day, [THIRD, FIRST, SECOND]) == holds


def test_an_area_lasts_from_its_first_set_until_the_first_without_it() -> None:
    sets = {THIRD: {"oak": "Oak"}, FIRST: {"oak": "Oak", "elm": "Elm"}, SECOND: {"oak": "Old Oak", "ash": "Ash"}}
    found = lives(sets)
    assert found["oak"] == Life("Oak", FIRST)
    assert (found["elm"], found["ash"]) == (Life("Elm", FIRST, SECOND), Life("Ash", SECOND, THIRD))


def test_an_area_has_the_name_that_its_newest_set_gives_it_since_it_began() -> None:
    sets = {FIRST: {"oak": "Oak"}, SECOND: {"oak": "Oak Hill"}, THIRD: {"elm": "Elm"}}
    assert lives(sets)["oak"] == Life("Oak Hill", FIRST, THIRD)


def test_an_area_that_comes_back_begins_anew() -> None:
    sets = {FIRST: {"elm": "Elm"}, SECOND: {"oak": "Oak"}, THIRD: {"oak": "Oak", "elm": "Elm"}}
    assert lives(sets)["elm"] == Life("Elm", THIRD)
