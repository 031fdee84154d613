"""Who sees how much of an incident, and why it may be kept from others.

The office sees all of it, unless it is restricted (`shared/auth/restricted.py` says to whom). Whoever reports sees
what became of the incidents they reported, and no more: their state; of a restricted one nothing. Nobody else learns
that it exists.
"""

from enum import StrEnum


class View(StrEnum):
    WHOLE = "whole"
    STATE_ONLY = "state_only"
    NOTHING = "nothing"


class VisibilityReason(StrEnum):
    """Why it is restricted, or is no longer."""

    WORKER_INVOLVED = "worker_involved"
    SAFETY = "safety"
    NO_LONGER_NEEDED = "no_longer_needed"
    ENTERED_WRONGLY = "entered_wrongly"


_RESTRICTS = frozenset({VisibilityReason.WORKER_INVOLVED, VisibilityReason.SAFETY})


def view(*, office: bool, reported_it: bool, kept_from_them: bool) -> View:
    if kept_from_them:
        return View.NOTHING
    if office:
        return View.WHOLE
    return View.STATE_ONLY if reported_it else View.NOTHING


def is_a_reason(reason: VisibilityReason, *, restricted: bool) -> bool:
    """Whether it says why an incident becomes restricted, or else why it becomes visible again."""
    return (reason in _RESTRICTS) is restricted
