"""No escalation early: nobody is asked beside somebody whose time is not over, and no offer ends before its time.

An offer makes way when it has ended, or when it was bypassed: at the first definite failure to deliver, or after the
policy's seconds without a 2xx. After the time of its chain's first step one of the next tier is asked beside. What came
first is told by versions; events of one transaction have the same `at`.
"""

from collections import Counter

from tests.chaos.checks.policies import BEGINS, asked_beside, terms_of
from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import HOLDS_ROLE, LIVE, Evidence, Logged, part, same_instant, seconds
from tests.chaos.history import Row

NAME = "nobody_is_asked_early"
TICK_S = 0.05
# As many attempts in a row as one question has.
FAILURES_THAT_COUNT = 5
ELSEWHERE_S = 5.0
_ENDINGS = ("offer.expired", "offer.taken", "offer.withdrawn")


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    dispatches, offers = evidence.by("alerts.dispatches", "incident_id"), evidence.by("alerts.offers", "id")
    for incident, stream in evidence.streams["alerts.dispatches"].items():
        policy = terms_of(dispatches[incident]) if incident in dispatches else {"roles": {}, "parallel_offers": 0}
        for event in stream:
            if event.word == "offer.made":
                _one_at_a_time(verdict, event, stream, policy, offers)
            elif event.word == "dispatch.escalated":
                _step_in_time(verdict, event, stream, policy)
            elif event.word in _ENDINGS:
                _ended_in_time(evidence, verdict, event, stream, policy)
    _made_way_rightly(evidence, verdict, dispatches)
    return verdict


def _made_way_rightly(evidence: Evidence, verdict: Verdict, dispatches: dict[str, Row]) -> None:
    messages = {row["offer_id"]: row for row in evidence.rows("alerts.deliveries") if row["kind"] == "offer.made"}
    attempts = evidence.grouped("alerts.delivery_attempts", "delivery_id")
    rankings = evidence.grouped("alerts.rankings", "incident_id")
    calls = _calls_by_endpoint(evidence, attempts)
    for offer in evidence.rows("alerts.offers"):
        policy = dispatches.get(offer["incident_id"], {}).get("policy", {})
        message = messages.get(offer["id"], {})
        enough = _has_its_time(offer, policy, message)
        verdict.demand(enough, "an offer has not the time that the policy gives", offer["id"])
        if offer["bypassed_at"] is not None:
            stream = evidence.streams["alerts.dispatches"].get(offer["incident_id"], [])
            rightly = _rightly_bypassed(offer, attempts.get(message.get("id"), []), stream)
            others = [
                row for row in calls.get(message.get("endpoint_id"), []) if row["delivery_id"] != message.get("id")
            ]
            rightly = rightly or _was_failing(offer, others)
            verdict.demand(rightly, "an offer was bypassed early", offer["id"])
            ranked = any(
                same_instant(row["at"], offer["bypassed_at"]) for row in rankings.get(offer["incident_id"], ())
            )
            exhausted = dispatches.get(offer["incident_id"], {}).get("exhausted_count")
            verdict.demand(ranked or exhausted, "an offer was bypassed and nobody was looked for", offer["id"])
        if offer["state"] == "undeliverable":
            verdict.demand(message.get("state") == "dead", "an offer counts as undeliverable early", offer["id"])


def _one_at_a_time(verdict: Verdict, event: Logged, stream: list[Logged], policy: Row, offers: dict[str, Row]) -> None:
    made = part(event.snapshot, "offers", "offer_id", event.body["offer_id"])
    role = made.get("role")
    holding = Counter(one["role"] for one in event.snapshot.get("assignments", ()) if one["state"] in HOLDS_ROLE)
    missing = policy["roles"].get(role, 0) - holding[role]
    asked = [
        one["offer_id"]
        for one in event.snapshot.get("offers", ())
        if one["role"] == role
        and one["state"] in LIVE
        and not _made_way(offers.get(one["offer_id"], {}), event, stream)
    ]
    allowed = (policy["parallel_offers"] + asked_beside(stream, event.version)) * missing
    verdict.demand(len(asked) <= allowed, "somebody was asked early", event.root, event.record.place, *asked)


def _step_in_time(verdict: Verdict, event: Logged, stream: list[Logged], policy: Row) -> None:
    """The first; one that reaches nobody is followed at once by the next."""
    began = max((seconds(one.at) for one in stream if one.word in BEGINS and one.version < event.version), default=0.0)
    chain = policy.get("escalation") or [{"after_s": float("inf")}]
    in_time = event.body["step"] > 1 or seconds(event.at) >= began + chain[0]["after_s"] - TICK_S
    verdict.demand(in_time, "a step of the escalation was taken early", event.root, event.record.place)


def _made_way(offer: Row, event: Logged, stream: list[Logged]) -> bool:
    bypassed_at = offer.get("bypassed_at")
    if bypassed_at is None or offer["id"] == event.body["offer_id"]:
        return False
    version = _version_at(stream, bypassed_at)
    return seconds(bypassed_at) <= seconds(event.at) if version is None else version <= event.version


def _version_at(stream: list[Logged], at: str) -> int | None:
    """Of the first event of the transaction that began then."""
    return next((event.version for event in stream if same_instant(event.at, at)), None)


def _has_its_time(offer: Row, policy: Row, message: Row) -> bool:
    """From when it was made; a phone is waited for no longer than the policy says from when its message was written."""
    made = seconds(offer["made_at"])
    waits = (
        ("undelivered_by", "undelivered_after_s"),
        ("acknowledge_by", "acknowledge_within_s"),
        ("accept_by", "accept_within_s"),
    )
    enough = all(seconds(offer[column]) - made >= policy.get(name, 0) - 0.001 for column, name in waits)
    written = seconds(message["created_at"]) if message else made
    return enough and seconds(offer["undelivered_by"]) <= written + policy.get("undelivered_after_s", 0) + TICK_S


def _rightly_bypassed(offer: Row, attempts: list[Row], stream: list[Logged]) -> bool:
    bypassed = seconds(offer["bypassed_at"])
    mine = [event for event in stream if event.body.get("offer_id") == offer["id"]]
    delivered = next((event.version for event in mine if event.word == "offer.delivered"), None)
    version = _version_at(stream, offer["bypassed_at"])
    if delivered is not None and version is not None and delivered < version:
        return False
    failed = any(
        row["outcome"] != "delivered"
        and not row["outcome"].startswith("timed_out")
        and seconds(row["at"]) + row["took_ms"] / 1000 <= bypassed + TICK_S
        for row in attempts
    )
    return failed or bypassed >= seconds(offer["undelivered_by"])


def _calls_by_endpoint(evidence: Evidence, attempts: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """In the order in which they ended."""
    calls: dict[str, list[Row]] = {}
    for delivery in evidence.rows("alerts.deliveries"):
        calls.setdefault(delivery["endpoint_id"], []).extend(attempts.get(delivery["id"], []))
    return {endpoint: sorted(rows, key=_over) for endpoint, rows in calls.items()}


def _over(attempt: Row) -> float:
    return seconds(attempt["at"]) + attempt["took_ms"] / 1000


def _was_failing(offer: Row, calls: list[Row]) -> bool:
    """A phone that failed too often before: nobody waits for it, the next is asked in the same moment. `calls`: without
    those of this offer, of which the first may succeed within the tick.
    """
    before = [row["outcome"] == "delivered" for row in calls if _over(row) <= seconds(offer["made_at"]) + TICK_S]
    at_once = same_instant(offer["bypassed_at"], offer["made_at"])
    return at_once and before.count(False) >= FAILURES_THAT_COUNT and not before[-1]


def _ended_in_time(evidence: Evidence, verdict: Verdict, event: Logged, stream: list[Logged], policy: Row) -> None:
    offer = part(event.snapshot, "offers", "offer_id", event.body["offer_id"])
    rightly = False
    match event.word:
        case "offer.expired":
            rightly = _silent(offer)
        case "offer.taken":
            held = [one for one in event.snapshot.get("assignments", ()) if one["state"] in HOLDS_ROLE]
            rightly = sum(one["role"] == offer["role"] for one in held) >= policy["roles"].get(offer["role"], 0)
        case "offer.withdrawn":
            rightly = _has_ended(event, stream) or _is_elsewhere(evidence, offer, event.root)
    verdict.demand(rightly, f"{event.word} without its cause", event.root, event.record.place, event.body["offer_id"])


def _silent(offer: Row) -> bool:
    """Somebody who was called, or has seen it, and whose time was over."""
    seen = offer.get("acknowledged_at") is not None
    by = seconds(offer["accept_by"])
    deadline = by if seen else min(by, seconds(offer["acknowledge_by"]))
    return seconds(offer["settled_at"]) >= deadline and (seen or offer.get("first_attempt_at") is not None)


def _has_ended(event: Logged, stream: list[Logged]) -> bool:
    ends = (one for one in stream if one.word in ("dispatch.closed", "dispatch.stood_down"))
    return any(same_instant(one.at, event.at) for one in ends)


def _is_elsewhere(evidence: Evidence, offer: Row, incident: str) -> bool:
    at = seconds(offer["settled_at"])
    spare = ELSEWHERE_S + evidence.slack(at - 60, at + 60)
    return any(
        row["interrupter_id"] == offer["interrupter_id"]
        and row["incident_id"] != incident
        and seconds(row["accepted_at"]) <= at + spare
        and (row["ended_at"] is None or seconds(row["ended_at"]) >= at - spare)
        for row in evidence.rows("alerts.assignments")
    )
