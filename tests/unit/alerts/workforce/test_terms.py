"""A list of terms is kept only if each runs forward and no two of one community share a day."""

from datetime import date

import pytest

from services.alerts.domain.terms import Term, in_order, term_faults

NEW_YEAR, MARCH, JUNE, DECEMBER = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1), date(2026, 12, 1)


def faulty(*terms: Term) -> list[str]:
    return [fault.pointer for fault in term_faults(terms, "/licences")]


def test_terms_that_follow_one_another_are_kept() -> None:
    assert faulty(Term("petworth", MARCH, JUNE), Term("petworth", NEW_YEAR, MARCH), Term("petworth", JUNE)) == []


def test_the_same_days_in_two_communities_are_kept() -> None:
    assert faulty(Term("petworth", MARCH), Term("brentwood", MARCH)) == []


@pytest.mark.parametrize("until", [MARCH, NEW_YEAR])
def test_a_term_that_ends_before_it_holds_for_a_day_is_refused(until: date) -> None:
    assert faulty(Term("brentwood", NEW_YEAR), Term("petworth", MARCH, until)) == ["/licences/1/until_day"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Term("petworth", NEW_YEAR), Term("petworth", NEW_YEAR)),
        (Term("petworth", NEW_YEAR), Term("petworth", JUNE, DECEMBER)),
        (Term("petworth", NEW_YEAR, JUNE), Term("petworth", MARCH)),
        (Term("petworth", NEW_YEAR, DECEMBER), Term("petworth", MARCH, JUNE)),
    ],
)
def test_a_day_that_two_terms_share_is_refused_whatever_the_order_sent(one: Term, other: Term) -> None:
    assert faulty(one, other) == ["/licences/1/from_day"]
    assert len(faulty(other, one)) == 1


def test_an_overlap_is_found_behind_a_shorter_term() -> None:
    assert faulty(Term("petworth", NEW_YEAR), Term("petworth", MARCH, JUNE), Term("petworth", DECEMBER))


def test_the_order_kept_is_by_community_and_day() -> None:
    later, earlier, first = Term("petworth", JUNE), Term("petworth", NEW_YEAR, MARCH), Term("brentwood", JUNE)
    assert in_order([later, earlier, first]) == (first, earlier, later)
