"""When two accounts are one event: certain, possible or not, and the reason for each."""

from datetime import timedelta
from itertools import product

import pytest

from services.intake.domain.activation import Timing
from services.intake.domain.sameness import (
    Account,
    Certain,
    Difference,
    Different,
    Doubt,
    Number,
    Possible,
    gap,
    window,
)
from shared.kernel.vocabulary import IncidentKind, IncidentState, Relationship, SourceKind, TimePrecision, Weapon
from tests.unit.intake.accounts import NINE, RULE, account, judged

HOUR, DAY = TimePrecision.HOUR, TimePrecision.DAY


def doubts(verdict: Certain | Possible | Different) -> tuple[Doubt, ...]:
    assert isinstance(verdict, Possible)
    return verdict.doubts


@pytest.mark.parametrize(("metres", "minutes"), [(0, 0), (249, 10), (249, -10), (0, 10)])
def test_the_same_minutes_and_the_same_corner_are_certainly_one_event(metres: float, minutes: float) -> None:
    verdict = judged(account(metres=metres, minutes=minutes), account())
    assert isinstance(verdict, Certain)
    assert (round(verdict.distance_m), verdict.apart) == (metres, timedelta(minutes=abs(minutes)))


@pytest.mark.parametrize(("metres", "minutes"), [(251, 0), (599, 0), (0, 10.1), (0, 60), (599, 60)])
def test_farther_off_or_later_is_possible(metres: float, minutes: float) -> None:
    assert doubts(judged(account(metres=metres, minutes=minutes), account())) == (Doubt.NOT_CLOSE,)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (account(metres=601), Difference.TOO_FAR),
        (account(minutes=61), Difference.TOO_LONG_APART),
        (account(minutes=-61), Difference.TOO_LONG_APART),
        (account(kind=IncidentKind.STABBING), Difference.OTHER_KIND),
        (account(kind=IncidentKind.THREAT), Difference.OTHER_KIND),
        (account(exercise=True), Difference.DRILL_AND_REAL),
    ],
)
def test_too_far_too_late_or_another_kind_is_another_event(told: Account, why: Difference) -> None:
    assert judged(told, account()) == Different(why)


def test_whatever_speaks_against_it_makes_it_unsure_and_every_doubt_is_named() -> None:
    assert doubts(judged(account(accuracy_m=2000.0), account())) == (Doubt.ROUGH_PLACE,)
    assert doubts(judged(account(weapon=Weapon.KNIFE), account(weapon=Weapon.FIREARM))) == (Doubt.FACTS_CONTRADICT,)
    assert doubts(judged(account(kind=IncidentKind.ASSAULT), account())) == (Doubt.KIND_UNLIKE,)
    robbed = account(kind=IncidentKind.ARMED_ROBBERY)
    assert doubts(judged(robbed, robbed)) == (Doubt.KIND_UNLIKE,), "they come in sprees"
    assert doubts(judged(account(), account(), IncidentState.SCREENED_OUT)) == (Doubt.SCREENED_OUT,)
    stranger, kin = account(relationship=Relationship.STRANGER, metres=300), account(relationship=Relationship.FAMILY)
    assert doubts(judged(stranger, kin)) == (Doubt.NOT_CLOSE, Doubt.FACTS_CONTRADICT)


def test_a_closed_incident_is_still_the_same_event() -> None:
    assert isinstance(judged(account(), account(), IncidentState.CLOSED), Certain)


def test_gunfire_is_one_event_whoever_calls_it_what() -> None:
    names = (IncidentKind.SHOTS_FIRED, IncidentKind.SHOOTING, IncidentKind.HOMICIDE)
    for told, known in product(names, names):
        assert isinstance(judged(account(kind=told), account(kind=known)), Certain)


def test_a_police_time_known_to_the_hour_may_be_hours_late_and_is_never_certain() -> None:
    late = account(minutes=270, precision=HOUR, source_kind=SourceKind.POLICE)
    assert doubts(judged(late, account())) == (Doubt.ROUGH_TIME,)
    assert judged(account(minutes=340, precision=HOUR, source_kind=SourceKind.POLICE), account()) == Different(
        Difference.TOO_LONG_APART
    )
    assert judged(account(minutes=200, precision=HOUR), account()) == Different(Difference.TOO_LONG_APART)


def test_where_the_time_is_rough_the_place_must_be_close() -> None:
    far = account(metres=251, precision=HOUR, source_kind=SourceKind.POLICE)
    assert judged(far, account()) == Different(Difference.TOO_FAR)


def test_a_date_is_a_whole_day() -> None:
    day = account(precision=DAY, minutes=-21 * 60)
    assert doubts(judged(day, account())) == (Doubt.ROUGH_TIME,)
    assert judged(day, account(minutes=61 + 3 * 60)) == Different(Difference.TOO_LONG_APART)


def test_another_number_of_the_same_source_is_another_event_unless_minute_and_place_agree() -> None:
    assert doubts(judged(account(minutes=9), account(), number=Number.OTHER)) == (Doubt.OTHER_NUMBER,)
    assert judged(account(minutes=11), account(), number=Number.OTHER) == Different(Difference.OTHER_NUMBER)
    assert judged(account(metres=300), account(), number=Number.OTHER) == Different(Difference.OTHER_NUMBER)
    one, other = (account(minutes=by, precision=HOUR, source_kind=SourceKind.POLICE) for by in (0, 60))
    assert judged(other, one, number=Number.OTHER) == Different(Difference.OTHER_NUMBER), "it is late alike"


def test_one_case_number_in_two_systems_is_one_event_however_rough_and_whatever_it_is_called() -> None:
    late = account(
        minutes=270,
        metres=500,
        precision=HOUR,
        source_kind=SourceKind.POLICE,
        accuracy_m=2000.0,
        kind=IncidentKind.ASSAULT,
    )
    assert isinstance(judged(late, account(), number=Number.SAME), Certain)
    assert isinstance(judged(account(), late, number=Number.SAME), Certain), "whichever came first"
    robbed = account(kind=IncidentKind.ARMED_ROBBERY)
    assert isinstance(judged(robbed, robbed, number=Number.SAME), Certain), "a spree's have numbers of their own"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (account(metres=601), Difference.TOO_FAR),
        (account(minutes=61), Difference.TOO_LONG_APART),
        (account(kind=IncidentKind.THREAT), Difference.OTHER_KIND),
        (account(exercise=True), Difference.DRILL_AND_REAL),
    ],
)
def test_of_two_that_number_alike_what_is_far_or_late_or_of_another_kind_is_another_event(
    told: Account, why: Difference
) -> None:
    assert judged(told, account(), number=Number.SAME) == Different(why)


def test_what_speaks_against_one_number_is_put_before_a_person() -> None:
    knife, gun = account(weapon=Weapon.KNIFE), account(weapon=Weapon.FIREARM)
    assert doubts(judged(knife, gun, number=Number.SAME)) == (Doubt.FACTS_CONTRADICT,)
    turned_away = judged(account(metres=400), account(), IncidentState.SCREENED_OUT, number=Number.SAME)
    assert doubts(turned_away) == (Doubt.SCREENED_OUT,)


def test_nothing_was_reported_before_it_happened() -> None:
    told = account(precision=HOUR, timing=Timing(NINE, HOUR, NINE))
    assert window(told, RULE) == (NINE - timedelta(hours=1), NINE)
    assert gap(window(told, RULE), window(account(minutes=30), RULE)) == timedelta(minutes=30)


def test_the_verdict_is_the_same_from_both_sides() -> None:
    told = [
        account(metres=metres, minutes=minutes, precision=precision, kind=kind)
        for metres, minutes, precision, kind in product(
            (0, 300), (0, 12, 90), TimePrecision, (IncidentKind.SHOOTING, IncidentKind.HOMICIDE, IncidentKind.ASSAULT)
        )
    ]
    for one, other in product(told, told):
        here, there = judged(one, other), judged(other, one)
        assert type(here) is type(there)
