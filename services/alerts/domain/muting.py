"""What an endpoint may be spared: news. A question, also about a shift, an assignment and a page always come, for
somebody waits for the answer; the desk gets nothing else.

Named are the messages that may be muted, so that a kind that is added later comes until somebody says that it need not.
"""

from collections.abc import Sequence

from services.alerts.domain.workforce import OwnerKind
from shared.kernel.errors import FieldError

_PREFIX = "truce."
_ALWAYS = ("truce.offer.made", "truce.assignment.", "truce.check_in.", "truce.page.", "truce.endpoint.test")
_MUTABLE = {
    OwnerKind.INTERRUPTER: frozenset(
        {
            "truce.offer.taken",
            "truce.offer.withdrawn",
            "truce.rest.suggested",
            "truce.shift_trade.effective",
            "truce.shift_trade.declined",
            "truce.shift_trade.withdrawn",
            "truce.shift_trade.lapsed",
        }
    ),
    OwnerKind.SUPERVISOR: frozenset(
        {
            "truce.rest.suggested",
            "truce.shift_trade.lapsed",
            "truce.endpoint.failing",
            "truce.triage.due_soon",
            "truce.plan_step.overdue",
        }
    ),
    OwnerKind.DUTY_DISPATCHER: frozenset[str](),
}


def message_type(name: str) -> str:
    """As messages have it; the delivery log's word for it leaves `truce.` off."""
    return name if name.startswith(_PREFIX) else f"{_PREFIX}{name}"


def muting_faults(owner: OwnerKind, types: Sequence[str], at: str) -> tuple[FieldError, ...]:
    """`types`: of messages, also in the log's words. `at`: JSON Pointer of the list itself."""
    found = ((index, _fault(owner, message_type(name))) for index, name in enumerate(types))
    return tuple(FieldError(f"{at}/{index}", fault) for index, fault in found if fault is not None)


def _fault(owner: OwnerKind, name: str) -> str | None:
    if name in _MUTABLE[owner]:
        return None
    if name.startswith(_ALWAYS):
        return "cannot be muted: offers, assignments and pages always come"
    words = ", ".join(sorted(_MUTABLE[owner])) or "none"
    return f"is no type of message that may be muted here: {words}"
