"""How often somebody was on scene where people were hurt, and when a rest is suggested: no more than a suggestion."""

from dataclasses import dataclass
from datetime import timedelta

from shared.kernel.vocabulary import IncidentKind


@dataclass(frozen=True)
class ExposureTerms:
    """Counted over a rolling `window`; a rest is suggested after every `threshold` within it."""

    window: timedelta
    threshold: int


def has_victims(kind: IncidentKind, injured: int | None, killed: int | None) -> bool:
    """A homicide has one even while the count is not known; what is not known otherwise is not counted."""
    return kind is IncidentKind.HOMICIDE or bool(injured) or bool(killed)


def suggests_rest(exposures: int, *, threshold: int, suggested_after: int) -> bool:
    """`suggested_after`: the most exposures that a suggestion within the window was made after; 0 for none."""
    return exposures // threshold > suggested_after // threshold
