"""Who is on duty in a community over the days ahead, and where nobody is."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.alerts.domain.duty import Word
from services.alerts.domain.rosters import Gap, Rostered, gaps, there
from services.alerts.domain.shifts import Plan, Shift, Span
from services.alerts.domain.terms import Term
from shared.kernel.vocabulary import DispatchRole

ZONE = ZoneInfo("America/New_York")
SCENE, FAMILY = DispatchRole.SCENE, DispatchRole.FAMILY
STANDING = (Term("alder", date(2026, 1, 1)),)


def local(text: str) -> datetime:
    """`day hour:minute` in May 2026; the fourth is a Monday."""
    return datetime.strptime(f"2026-05-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE).astimezone(UTC)


NOW = local("04 10:00")
WINDOW = Span(NOW, NOW + timedelta(days=2))


def daily(starts: int, ends: int) -> Plan:
    return Plan(
        shifts=tuple(Shift(UUID(int=n), n, date(2026, 1, 1), None, time(starts), time(ends)) for n in range(1, 8))
    )


def spans(plan: Plan, word: Word | None = None, terms: tuple[Term, ...] = STANDING) -> list[tuple[str, str]]:
    return [
        (f"{span.begins.astimezone(ZONE):%d %H:%M}", f"{span.ends.astimezone(ZONE):%d %H:%M}")
        for span in there(plan, word, terms, ZONE, WINDOW)
    ]


def rostered(plan: Plan, *roles: DispatchRole, word: Word | None = None) -> Rostered:
    return Rostered(frozenset(roles or (SCENE,)), there(plan, word, STANDING, ZONE, WINDOW))


def test_what_is_planned_is_when_somebody_is_there() -> None:
    assert spans(daily(8, 16)) == [("04 10:00", "04 16:00"), ("05 08:00", "05 16:00"), ("06 08:00", "06 10:00")]


def test_a_word_of_now_holds_until_the_plan_decides_again() -> None:
    off, on = Word(on=False, at=NOW), Word(on=True, at=local("04 17:00"))
    assert spans(daily(8, 16), off) == [("05 08:00", "05 16:00"), ("06 08:00", "06 10:00")]
    assert spans(Plan(), Word(on=True, at=NOW)) == [("04 10:00", "06 10:00")]
    assert spans(Plan(), off) == []
    evening = Span(local("04 18:00"), local("05 18:00"))
    assert there(daily(8, 16), on, STANDING, ZONE, evening) == (Span(local("04 18:00"), local("05 16:00")),)


def test_nobody_is_there_without_standing_on_that_day() -> None:
    terms = (Term("alder", date(2026, 5, 5), date(2026, 5, 6)),)
    assert spans(daily(8, 16), terms=terms) == [("05 08:00", "05 16:00")]
    night = (Term("alder", date(2026, 5, 5)),)
    assert spans(daily(22, 6), terms=night)[0] == ("05 00:00", "05 06:00")


def test_a_gap_is_when_nobody_with_the_role_is_there() -> None:
    people = [rostered(daily(8, 16)), rostered(daily(15, 23))]
    assert gaps(people, [SCENE], WINDOW) == (
        Gap(SCENE, local("04 23:00"), local("05 08:00")),
        Gap(SCENE, local("05 23:00"), local("06 08:00")),
    )
    assert gaps(people, [FAMILY], WINDOW) == (Gap(FAMILY, NOW, None),)


def test_shifts_that_follow_each_other_leave_no_gap() -> None:
    people = [rostered(daily(8, 20), SCENE, FAMILY), rostered(daily(20, 8))]
    assert gaps(people, [SCENE], WINDOW) == ()
    assert gaps(people, [FAMILY], WINDOW)[-1] == Gap(FAMILY, local("05 20:00"), local("06 08:00"))


def test_a_gap_that_does_not_end_in_sight_has_no_end() -> None:
    last = Plan(shifts=(Shift(UUID(int=1), None, date(2026, 5, 4), None, time(8), time(16)),))
    assert gaps([rostered(last)], [SCENE], WINDOW) == (Gap(SCENE, local("04 16:00"), None),)
