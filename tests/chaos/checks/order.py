"""Nobody was asked before a nearer eligible person without a recorded reason.

Every ranking names everybody, either in the order they would be asked or with a reason. The order is told anew: radius
steps, floaters behind them, then tiers, then distance (by another formula, so within 1 %), of one home whoever waits
for longer. Who was passed over was busy elsewhere just then, or of no next tier when one of those was to be asked
beside. Every reason is held against what the rows and events say of that moment.
"""

from collections.abc import Callable
from itertools import pairwise

from tests.chaos.checks.policies import asked_beside, step_of
from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import LIVE, Evidence, group, same_instant, seconds
from tests.chaos.history import Row
from tests.chaos.rankings import left_out
from tests.chaos.standing import COMMIT_S, UNREACHED_S, Decision, Standing

NAME = "the_nearest_is_asked_first"
TIERS = ("team", "organization", "licensed", "floater")
FLOATER = TIERS[-1]
SPARE_SHARE, SPARE_M = 0.01, 20.0
COARSE_M = 501.0


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    standing = Standing(evidence)
    decisions = _decisions(evidence, standing)
    for decision in decisions:
        _everybody(evidence, verdict, decision)
        _order(verdict, standing, decision)
        for one in decision.row["ranked"]:
            fault = _not_free(standing, one["interrupter_id"], decision)
            verdict.demand(not fault, f"somebody was ranked who {fault}", decision.row["id"], one["interrupter_id"])
        for one in left_out(decision.row):
            true = _REASONS[one["reason"]](standing, one["interrupter_id"], decision)
            told = f"somebody was left out as {one['reason']} and was not"
            verdict.demand(true, told, decision.row["id"], one["interrupter_id"])
    _choices(evidence, verdict, standing, decisions)
    return verdict


def _decisions(evidence: Evidence, standing: Standing) -> list[Decision]:
    dispatches = evidence.by("alerts.dispatches", "incident_id")
    told = {
        (event.root, event.body["role"], seconds(event.at)): event
        for event in evidence.events("alerts.dispatches", "dispatch.ranked")
    }
    found = []
    for row in evidence.rows("alerts.rankings"):
        at = seconds(row["at"])
        event = told.get((row["incident_id"], row["role"], at))
        since, until = standing.moment(event) if event else (at, at + COMMIT_S)
        stream = evidence.streams["alerts.dispatches"].get(row["incident_id"], [])
        beside = asked_beside(stream, event.version) if event else 0
        snapshot = event.snapshot if event else {}
        found.append(Decision(row, dispatches[row["incident_id"]], snapshot, since, until, beside))
    return found


def _everybody(evidence: Evidence, verdict: Verdict, decision: Decision) -> None:
    named = [one["interrupter_id"] for one in (*decision.row["ranked"], *left_out(decision.row))]
    verdict.demand(len(named) == len(set(named)), "somebody is in a ranking twice", decision.row["id"])
    for event in evidence.events("alerts.workers", "worker.registered"):
        if seconds(event.at) < decision.since - COMMIT_S:
            known = event.root in set(named)
            verdict.demand(known, "somebody was not considered", decision.row["id"], event.root)


def _order(verdict: Verdict, standing: Standing, decision: Decision) -> None:
    ranked = decision.row["ranked"]
    for one in ranked:
        who, exact = one["interrupter_id"], standing.distance_m(one["interrupter_id"], decision.dispatch)
        right = one["tier"] == standing.tier(who, decision.dispatch)
        verdict.demand(right, "somebody stands in a tier that is not theirs", decision.row["id"], who)
        close = exact is None or abs(exact - one["distance_m"]) <= COARSE_M + SPARE_SHARE * exact
        verdict.demand(close, "somebody's distance is not as it was", decision.row["id"], who)
    for nearer, farther in pairwise(ranked):
        verdict.demand(
            _may_follow(standing, decision, nearer, farther),
            "a farther person stands before a nearer one",
            decision.row["id"],
            nearer["interrupter_id"],
            farther["interrupter_id"],
        )


def _may_follow(standing: Standing, decision: Decision, first: Row, second: Row) -> bool:
    floats = first["tier"] == FLOATER, second["tier"] == FLOATER
    if floats[0] != floats[1]:
        return floats[1]
    steps = [_steps(standing, one["interrupter_id"], decision) or {one["step"]} for one in (first, second)]
    if not steps[0] & steps[1]:
        return max(steps[0]) < min(steps[1])
    tiers = TIERS.index(first["tier"]), TIERS.index(second["tier"])
    if tiers[0] != tiers[1]:
        return tiers[0] < tiers[1] or len(steps[0] | steps[1]) > 1
    one = standing.distance_m(first["interrupter_id"], decision.dispatch)
    two = standing.distance_m(second["interrupter_id"], decision.dispatch)
    if one is None or two is None:
        return bool(first["distance_m"] <= second["distance_m"])
    if one == two:  # one home: whoever waits for longer
        earliest, _ = standing.last_asked(first["interrupter_id"], decision)
        _, latest = standing.last_asked(second["interrupter_id"], decision)
        return earliest <= latest
    return one <= two * (1 + SPARE_SHARE) + SPARE_M


def _steps(standing: Standing, who: str, decision: Decision) -> set[int]:
    """In which radius step somebody may be; nothing for who reported a position."""
    policy, away = decision.dispatch["policy"], standing.distance_m(who, decision.dispatch)
    if away is None:
        return set()
    nearest, farthest = away * (1 - SPARE_SHARE) - SPARE_M, away * (1 + SPARE_SHARE) + SPARE_M
    return {step_of(policy, nearest), step_of(policy, farthest)}


def _not_free(standing: Standing, who: str, decision: Decision) -> str:
    """Why a ranked person cannot have been eligible; empty if they may have been."""
    person, dispatch = standing.people[who], decision.dispatch
    since, until = decision.since, decision.until
    before = standing.asked_before(who, decision)
    anew = seconds(person["available_since"])
    faults = {
        "was off duty": True not in standing.duty(who, decision),
        "has no licence": not (person["floater"] or standing.is_licensed(who, dispatch)),
        "does not take the role": decision.row["role"] not in person["roles"],
        "was committed": any(span.must_hold(since, until) for span in standing.committed(who, decision)),
        "was asked elsewhere": any(span.must_hold(since, until) for span in standing.asked(who, decision)),
        "was asked before": any(seconds(row["made_at"]) >= anew and not _unreached(row, until) for row in before),
        "was resting": standing.is_resting(who, decision, -COMMIT_S - standing.evidence.slack(since - 120, until)),
        "has no endpoint": not standing.endpoints.get(who),
    }
    return next((fault for fault, holds in faults.items() if holds), "")


def _unreached(row: Row, until: float) -> bool:
    """That one's phone never took the question, and long enough ago to be called again."""
    return row["state"] == "undeliverable" and seconds(row["settled_at"]) + UNREACHED_S <= until


_Reason = Callable[[Standing, str, Decision], bool]


def _too_far(standing: Standing, who: str, decision: Decision) -> bool:
    """Beyond the step that the search ended in; a floater only beyond the last."""
    steps = decision.dispatch["policy"]["radius_steps_m"]
    with_standing = [one.get("step", 1) for one in decision.row["ranked"] if one["tier"] != FLOATER]
    reached = len(steps) if standing.tier(who, decision.dispatch) == FLOATER else max(with_standing, default=1)
    return max(_steps(standing, who, decision), default=len(steps) + 1) > reached


def _in_conflict(standing: Standing, who: str, decision: Decision) -> bool:
    return any(
        row["incident_id"] == decision.incident or row["community"] == decision.dispatch["community"]
        for row in standing.conflicts.get(who, ())
    )


_REASONS: dict[str, _Reason] = {
    "inactive": lambda s, who, _d: not s.people[who]["active"],
    "without_role": lambda s, who, d: d.row["role"] not in s.people[who]["roles"],
    "off_duty": lambda s, who, d: False in s.duty(who, d),
    "no_licence": lambda s, who, d: not (s.people[who]["floater"] or s.is_licensed(who, d.dispatch)),
    "conflict_of_interest": _in_conflict,
    "committed": lambda s, who, d: any(span.may_hold(d.since, d.until) for span in s.committed(who, d)),
    "offered": lambda s, who, d: any(span.may_hold(d.since, d.until) for span in s.asked(who, d)),
    "asked_before": lambda s, who, d: bool(s.asked_before(who, d)),
    "resting": lambda s, who, d: s.is_resting(who, d, COMMIT_S),
    "over_hours": lambda *_: False,
    "safety_hold": lambda *_: False,
    "stale_location": lambda *_: False,
    "out_of_radius": _too_far,
    "unreachable": lambda s, who, d: not s.has_endpoint(who, d),
}


def _choices(evidence: Evidence, verdict: Verdict, standing: Standing, decisions: list[Decision]) -> None:
    """Each offer is of a ranking of its own transaction, and whoever stood before was asked too or busy elsewhere."""
    made: dict[tuple[str, str, float], list[Decision]] = {}
    for one in decisions:  # where the nearest were taken meanwhile it is decided twice
        made.setdefault((one.incident, one.row["role"], seconds(one.row["at"])), []).append(one)
    together = group(evidence.rows("alerts.offers"), "incident_id", "role", "made_at")
    for offer in evidence.rows("alerts.offers"):
        several = made.get((offer["incident_id"], offer["role"], seconds(offer["made_at"])), [])
        verdict.demand(several, "somebody was asked without a ranking", offer["id"])
        if not several:
            continue
        decision = next((one for one in several if offer["interrupter_id"] in _named(one)), several[-1])
        exact = standing.distance_m(offer["interrupter_id"], decision.dispatch)
        close = exact is None or abs(exact - offer["distance_m"]) <= SPARE_M + SPARE_SHARE * exact
        verdict.demand(close, "an offer's distance is not as it was", offer["id"])
        ranked = _named(decision)
        verdict.demand(offer["interrupter_id"] in ranked, "somebody was asked who is not ranked", offer["id"])
        same = {row["interrupter_id"] for row in together[offer["incident_id"], offer["role"], offer["made_at"]]}
        before = ranked[: ranked.index(offer["interrupter_id"])] if offer["interrupter_id"] in ranked else []
        for who in before:
            passed = who in same or _is_busy_elsewhere(standing, who, decision) or _is_no_next_tier(who, decision)
            verdict.demand(passed, "a nearer eligible person was passed over", offer["id"], who)


def _named(decision: Decision) -> list[str]:
    return [one["interrupter_id"] for one in decision.row["ranked"]]


def _is_no_next_tier(who: str, decision: Decision) -> bool:
    """One of a tier behind all who were being asked then was to be asked."""
    asked = [
        TIERS.index(one["tier"])
        for one in decision.snapshot.get("offers", ())
        if one["state"] in LIVE and not same_instant(one["made_at"], decision.row["at"])
    ]
    tier = next(TIERS.index(one["tier"]) for one in decision.row["ranked"] if one["interrupter_id"] == who)
    return decision.beside > 0 and tier <= max(asked, default=-1)


def _is_busy_elsewhere(standing: Standing, who: str, decision: Decision) -> bool:
    spans = (*standing.asked(who, decision), *standing.committed(who, decision))
    return any(span.about != decision.incident and span.may_hold(decision.since, decision.until) for span in spans)
