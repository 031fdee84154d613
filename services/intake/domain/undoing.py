"""How an incident stands by itself, without what it has by others that are or were part of it.

What people decided about it counts, and what policy did for its own reports; a response, a confirmation or a screening
that came with another goes with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.intake.domain.incident import UNDECIDED, undecided
from shared.kernel.vocabulary import IncidentState, Verification

_NAMES = ("state", "activated_at", "screened_out_reason", "route", "verification", "rumour", "brought_back")
_RESPONDED = frozenset({IncidentState.ACTIVATED, IncidentState.CLOSED})


@dataclass(frozen=True, slots=True)
class Entry:
    """What was written down of one change, values as in JSON. `own`: of this incident, and not of which of two it is,
    nor by policy for a report that is not its own.
    """

    own: bool
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def by_itself(entries: Sequence[Entry], now: Mapping[str, Any]) -> dict[str, Any]:
    """By the names of the row's columns, values as in JSON. `entries`: all that was ever written down of it, in order;
    `now`: as it stands.
    """
    own = {name: _own(name, entries, now[name]) for name in _NAMES}
    if own["state"] in UNDECIDED:
        own["state"] = undecided(confirmed=own["verification"] == Verification.CONFIRMED)
        own["activated_at"] = None
    if own["state"] in _RESPONDED and own["activated_at"] is None:
        own["activated_at"] = now["activated_at"]  # a person closed, or went on with, what had come with another
    if own["state"] != IncidentState.SCREENED_OUT:
        own["screened_out_reason"] = own["route"] = None
    return own


def _own(name: str, entries: Sequence[Entry], now: Any) -> Any:
    """The last that was said of it, else how it was before the first that was another's."""
    said = [entry.after[name] for entry in entries if entry.own and name in entry.after]
    was = [entry.before[name] for entry in entries if name in entry.before]
    return said[-1] if said else was[0] if was else now
