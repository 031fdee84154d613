"""The responder's side: accepted → en route → on scene → cleared. Steps may be skipped forward, never back.

Who is not there yet may give the role back; only who was there is done with it.
"""

from dataclasses import dataclass

from shared.kernel.vocabulary import AssignmentState

ACTIVE = (AssignmentState.ACCEPTED, AssignmentState.EN_ROUTE, AssignmentState.ON_SCENE)
ON_THE_WAY = frozenset({AssignmentState.ACCEPTED, AssignmentState.EN_ROUTE})
# Cleared ones count: the role was filled.
HOLDS_ROLE = frozenset({*ACTIVE, AssignmentState.CLEARED})
_ORDER = (*ACTIVE, AssignmentState.CLEARED)


@dataclass(frozen=True)
class Moved:
    state: AssignmentState


@dataclass(frozen=True)
class Already:
    """It is there already: a repeated tap changes nothing."""


@dataclass(frozen=True)
class GivenBack:
    """Whoever was never there has not done it: the role is open again."""


@dataclass(frozen=True)
class Refused:
    state: AssignmentState


def move(
    state: AssignmentState, to: AssignmentState, *, given_back: bool = False
) -> Moved | Already | GivenBack | Refused:
    """`given_back`: it has ended so. To be done without having been there is to give the role back."""
    if state is to:
        return Already()
    if to is AssignmentState.CLEARED and (given_back or state in ON_THE_WAY):
        return give_back(state, given_back=given_back)
    if state in ACTIVE and to in _ORDER and _ORDER.index(to) > _ORDER.index(state):
        return Moved(to)
    return Refused(state)


def give_back(state: AssignmentState, *, given_back: bool) -> GivenBack | Already | Refused:
    if given_back:
        return Already()
    return GivenBack() if state in ON_THE_WAY else Refused(state)
