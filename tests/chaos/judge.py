"""All checks over a run's history, by name: each a pure function of the evidence that counts what it looked at."""

from collections.abc import Callable

from tests.chaos.checks import (
    answers,
    attempts,
    bookings,
    consumers,
    decisions,
    drained,
    facts,
    follow_ups,
    letters,
    messages,
    order,
    owners,
    pace,
    record,
    recount,
    relay,
    reports,
    responses,
    versions,
)
from tests.chaos.checks.verdict import Verdict, Violation
from tests.chaos.evidence import Evidence
from tests.chaos.history import History

Check = Callable[[Evidence], Verdict]
_MODULES = (
    *(reports, decisions, bookings, attempts, messages, order, pace, answers),
    *(versions, relay, owners, consumers, follow_ups, responses, facts, recount, letters, drained, record),
)
ALL_CHECKS: dict[str, Check] = {module.NAME: module.check for module in _MODULES}

# A run in which nothing was set aside and nothing raised an alarm is a good one.
MAY_HAVE_NOTHING = frozenset({letters.NAME})


def judge(history: History) -> list[Verdict]:
    """Every check's verdict. One that found nothing to look at is a violation: it would have passed on an empty run."""
    evidence = Evidence(history)
    return [judged(name, evidence) for name in ALL_CHECKS]


def judged(name: str, evidence: Evidence) -> Verdict:
    """A history that a check cannot even read is broken: that is said, and is no reason to stop the others."""
    try:
        verdict = ALL_CHECKS[name](evidence)
    except (KeyError, ValueError, TypeError, AttributeError, StopIteration, IndexError) as error:
        verdict = Verdict(name, 1, [Violation(name, f"the history cannot be read: {type(error).__name__}: {error}")])
    if verdict.looked_at == 0 and name not in MAY_HAVE_NOTHING:
        verdict.demand(False, "there was nothing to look at")
    return verdict
