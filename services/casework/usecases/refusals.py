"""A ground for refusal, said in words: which error, about which field."""

from collections.abc import Mapping

from services.casework.domain.custody import Ground
from shared.kernel.errors import FieldError, Invalid, NotAllowed, Refused, StateConflict

_WORKER_FIELD: Mapping[Ground, str] = {
    Ground.UNKNOWN_WORKER: "is not an active worker known here",
    Ground.OTHER_ORGANIZATION: "does not work for the organization that has the case",
    Ground.IS_OWNER: "has the case already",
}
_STATE: Mapping[Ground, str] = {
    Ground.CASE_CLOSED: "The case is closed.",
    Ground.NO_OWNER: "The case has no owner yet; it is assigned first.",
    Ground.HANDOFF_OPEN: "A handoff of this case is open; it is settled first.",
    Ground.TOO_MANY_HANDOFFS: "The case has had as many handoffs as one may have.",
    Ground.ALREADY_SETTLED: "The handoff is settled.",
    Ground.RECEIVER_LEFT: "The receiver is no longer an active worker of the organization that was asked.",
}


def refused(ground: Ground, *, state: str, field: str = "") -> Refused:
    """`state` is the present one of what was asked about; `field` the JSON Pointer of the worker named."""
    if ground is Ground.NOT_ENTITLED:
        return NotAllowed("This is for the one responsible, or a supervisor, to do.")
    if ground in _WORKER_FIELD:
        return Invalid(FieldError(field, _WORKER_FIELD[ground]))
    return StateConflict(_STATE[ground], state=state)
