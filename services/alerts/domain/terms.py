"""Terms: what holds in a community from one day on, until another day (exclusive) or until told otherwise.

Coverage and licences are both made of them. In a list that is kept no two terms of one community share a day, so that
"does it hold today" has one answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from shared.kernel.errors import FieldError


@dataclass(frozen=True, slots=True)
class Term:
    community: str
    from_day: date
    until_day: date | None = None


def in_order(terms: Iterable[Term]) -> tuple[Term, ...]:
    return tuple(sorted(terms, key=lambda term: (term.community, term.from_day)))


def term_faults(terms: Sequence[Term], at: str) -> tuple[FieldError, ...]:
    """What keeps the list from being kept. `at`: JSON Pointer of the list itself."""
    return (*_backward(terms, at), *_overlapping(terms, at))


def _backward(terms: Sequence[Term], at: str) -> Iterable[FieldError]:
    for index, term in enumerate(terms):
        if term.until_day is not None and term.until_day <= term.from_day:
            yield FieldError(f"{at}/{index}/until_day", "must be later than from_day")


def _overlapping(terms: Sequence[Term], at: str) -> Iterable[FieldError]:
    indexed = sorted(enumerate(terms), key=lambda pair: (pair[1].community, pair[1].from_day))
    for (_, earlier), (index, later) in pairwise(indexed):
        open_then = earlier.until_day is None or earlier.until_day > later.from_day
        if earlier.community == later.community and open_then:
            yield FieldError(f"{at}/{index}/from_day", "lies inside another term of the same community")
