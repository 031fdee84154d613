"""Who sees how much of an incident.

The office sees all of it. Whoever reports sees what became of the incidents they reported, and no more: their state.
Nobody else learns that it exists.
"""

from enum import StrEnum


class View(StrEnum):
    WHOLE = "whole"
    STATE_ONLY = "state_only"
    NOTHING = "nothing"


def view(*, office: bool, reported_it: bool) -> View:
    if office:
        return View.WHOLE
    return View.STATE_ONLY if reported_it else View.NOTHING
