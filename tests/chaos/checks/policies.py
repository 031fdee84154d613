"""What a dispatch's policy says for its incident, told anew: its general terms, and on top of them those of its rules.

Rules of the chaos programme ask for the kind of incident alone, which never changes there.
"""

from collections.abc import Sequence

from tests.chaos.evidence import Logged
from tests.chaos.history import Row

# What ends a chain of escalation; it begins anew when somebody is wanted again.
_ENDS = frozenset({"dispatch.staffed", "dispatch.exhausted", "dispatch.closed", "dispatch.stood_down"})
BEGINS = frozenset({"dispatch.opened", "dispatch.reopened"})


def terms_of(dispatch: Row) -> Row:
    terms = dict(dispatch["policy"])
    for rule in dispatch["policy"].get("rules", ()):
        assert rule["when"].keys() == {"kinds"}, "the checks know no other condition"
        if dispatch["incident"]["kind"] in rule["when"]["kinds"]:
            terms |= rule.get("terms", {})
    return terms


def asked_beside(stream: Sequence[Logged], version: int) -> int:
    """How many are asked beside the usual number, by the next-tier steps that were taken before this version."""
    taken = 0
    for event in stream:
        if event.version >= version:
            break
        if event.word in _ENDS:
            taken = 0
        taken += event.word == "dispatch.escalated" and event.body["to"] == "next_tier"
    return taken


def step_of(policy: Row, away_m: float) -> int:
    """The first radius that this far is within, counted from 1; behind the last one, one more."""
    steps = policy["radius_steps_m"]
    within = (number for number, radius in enumerate(steps, start=1) if radius is None or away_m <= radius)
    return next(within, len(steps) + 1)
