"""The responder's side: accepted → en route → on scene → cleared. Steps may be skipped forward, never back."""

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
class Refused:
    state: AssignmentState


def move(state: AssignmentState, to: AssignmentState) -> Moved | Already | Refused:
    if state is to:
        return Already()
    if state in ACTIVE and to in _ORDER and _ORDER.index(to) > _ORDER.index(state):
        return Moved(to)
    return Refused(state)
