"""Who is on duty in a community over the days ahead, role by role, and where nobody is.

Made of what is planned, of what people have said of their duty now, and of where they have standing on that day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from services.alerts.domain.duty import Word, duty_at
from services.alerts.domain.shifts import Plan, Span, instant, merged, planned
from services.alerts.domain.terms import Term
from shared.kernel.vocabulary import DispatchRole


@dataclass(frozen=True, slots=True)
class Rostered:
    """Somebody with standing in the community; `spans`: when they are there, in order, within what is looked at."""

    roles: frozenset[DispatchRole]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody with this role and standing in the community is on duty. `ends` None: for as long as was looked."""

    role: DispatchRole
    begins: datetime
    ends: datetime | None


def there(plan: Plan, word: Word | None, terms: Iterable[Term], zone: tzinfo, window: Span) -> tuple[Span, ...]:
    """When somebody is on duty and has standing, within the window, which begins now; what was said of now holds on."""
    spans = planned(plan, zone, window)
    duty = duty_at(plan, word, zone, window.begins)
    if duty.by_word:
        said = Span(window.begins, min(duty.until or window.ends, window.ends))
        later = tuple(part for span in spans for part in _outside(span, said))
        spans = (said, *later) if duty.on else later
    return tuple(part for span in merged(spans) for term in terms for part in _inside(span, _days(term, zone, window)))


def gaps(people: Sequence[Rostered], roles: Iterable[DispatchRole], window: Span) -> tuple[Gap, ...]:
    """By role, in order of time."""
    return tuple(gap for role in roles for gap in _gaps(people, role, window))


def _gaps(people: Sequence[Rostered], role: DispatchRole, window: Span) -> Iterable[Gap]:
    begins = window.begins
    for span in merged(span for one in people if role in one.roles for span in one.spans):
        if begins < span.begins:
            yield Gap(role, begins, span.begins)
        begins = span.ends
    if begins < window.ends:
        yield Gap(role, begins, None)


def _inside(span: Span, limits: Span) -> tuple[Span, ...]:
    begins, ends = max(span.begins, limits.begins), min(span.ends, limits.ends)
    return (Span(begins, ends),) if begins < ends else ()


def _outside(span: Span, other: Span) -> tuple[Span, ...]:
    parts = (Span(span.begins, min(span.ends, other.begins)), Span(max(span.begins, other.ends), span.ends))
    return tuple(part for part in parts if part.begins < part.ends)


def _days(term: Term, zone: tzinfo, window: Span) -> Span:
    """A term holds from its first local midnight on."""
    midnight = time()
    ends = window.ends if term.until_day is None else instant(term.until_day, midnight, zone)
    return Span(max(instant(term.from_day, midnight, zone), window.begins), min(ends, window.ends))
