"""What an interrupter does next about the incident they have: one thing at a time, for somebody who is tired."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.kernel.response_words import CheckInState
from shared.kernel.vocabulary import AssignmentState


class Step(StrEnum):
    """Named as the paths below `/v1/assignments/{id}` are."""

    EN_ROUTE = "en-route"
    ON_SCENE = "on-scene"
    CHECK_IN = "check-in"
    CLEAR = "clear"
    GIVE_BACK = "give-back"


@dataclass(frozen=True, slots=True)
class NextStep:
    """`by`: when it is awaited at the latest; None: whenever it is so."""

    step: Step
    by: datetime | None


def next_step(state: AssignmentState, check_in: CheckInState | None, check_in_due_at: datetime | None) -> NextStep:
    """Of an assignment that is going on. Whoever is asked for a sign of life gives that first."""
    if state is AssignmentState.ACCEPTED:
        return NextStep(Step.EN_ROUTE, None)
    if state is AssignmentState.EN_ROUTE:
        return NextStep(Step.ON_SCENE, None)
    if check_in in {CheckInState.WARNED, CheckInState.MISSED}:
        return NextStep(Step.CHECK_IN, check_in_due_at)
    return NextStep(Step.CLEAR, None)
