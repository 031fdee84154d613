"""At every instant: at most the quota of assignments per incident and role, one active assignment and one open offer
per worker at real incidents, and one of each at drills.

The instants are those of the outbox of alerts: its ids rise in the order in which changes of one dispatch, and takings
and releases of one worker, came to be true. A timestamp would not do: it is of a transaction's beginning.
"""

from collections import Counter, defaultdict

from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import ACTIVE, HOLDS_ROLE, LIVE, Evidence, Logged, group
from tests.chaos.history import Row

NAME = "nobody_is_booked_twice"
# And whether it is at a drill: one beside the other may be for a moment, until real work has ended the practice.
Worker = tuple[str, bool]
Held = dict[Worker, set[str]]


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    wanted = {row["incident_id"]: row["policy"]["roles"] for row in evidence.rows("alerts.dispatches")}
    held: dict[str, Held] = {"offer": defaultdict(set), "assignment": defaultdict(set)}
    before: dict[str, Row] = {}
    for event in _in_order(evidence):
        snapshot = event.snapshot
        _quota(verdict, event, wanted.get(event.root, {}))
        for kind, parts, states in (("offer", "offers", LIVE), ("assignment", "assignments", ACTIVE)):
            for worker in _move(held[kind], before.get(event.root, {}), snapshot, parts, states):
                verdict.demand(
                    len(held[kind][worker]) <= 1,
                    f"a worker has more than one {kind} at once",
                    worker[0],
                    event.record.place,
                    *sorted(held[kind][worker]),
                )
        before[event.root] = snapshot
    _rows(evidence, verdict, wanted)
    return verdict


def _in_order(evidence: Evidence) -> list[Logged]:
    """Events that the outbox does not know are reported by the relay's check; here they come last."""
    written = evidence.written
    last = max((row["id"] for row in written.values()), default=0) + 1
    return sorted(
        evidence.events("alerts.dispatches"),
        key=lambda event: (written.get(event.id, {}).get("id", last), event.version),
    )


def _quota(verdict: Verdict, event: Logged, wanted: dict[str, int]) -> None:
    filled = Counter(one["role"] for one in event.snapshot.get("assignments", ()) if one["state"] in HOLDS_ROLE)
    for role, count in filled.items():
        verdict.demand(count <= wanted.get(role, 0), "more have a role than are wanted", event.root, event.record.place)


def _move(held: Held, was: Row, now: Row, parts: str, states: frozenset[str]) -> set[Worker]:
    """Takes one dispatch's parts from its old snapshot to its new one; returns the workers who hold one of it now."""
    key = "offer_id" if parts == "offers" else "assignment_id"
    for one in was.get(parts, ()):
        held[one["interrupter_id"], was["exercise"]].discard(one[key])
    taken = [one for one in now.get(parts, ()) if one["state"] in states]
    for one in taken:
        held[one["interrupter_id"], now["exercise"]].add(one[key])
    return {(one["interrupter_id"], now["exercise"]) for one in taken}


def _rows(evidence: Evidence, verdict: Verdict, wanted: dict[str, dict[str, int]]) -> None:
    """The same of what is kept at the end."""
    for table, states in (("alerts.offers", LIVE), ("alerts.assignments", ACTIVE)):
        live = [row for row in evidence.rows(table) if row["state"] in states]
        for (worker, _), rows in group(live, "interrupter_id", "exercise").items():
            verdict.demand(len(rows) == 1, f"a worker has two live rows of {table}", worker)
    holding = [row for row in evidence.rows("alerts.assignments") if row["state"] in HOLDS_ROLE]
    for (incident, role), rows in group(holding, "incident_id", "role").items():
        within = len(rows) <= wanted.get(incident, {}).get(role, 0)
        verdict.demand(within, "more rows hold a role than are wanted", incident, role)
    offers = evidence.grouped("alerts.assignments", "offer_id")
    for offer, rows in offers.items():
        verdict.demand(len(rows) == 1, "one offer made two assignments", offer)
