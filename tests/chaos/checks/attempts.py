"""Each offer was attempted before its deadline or ended earlier; each message tells of the offer or page it is for."""

import json
from itertools import pairwise

from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import LIVE, Evidence, same_instant, seconds
from tests.chaos.history import Row

TICK_S = 0.1
NAME = "each_offer_is_attempted_in_time"
_STATES = frozenset({"pending", "attempting", "delivered", "retry_scheduled", "dead", "cancelled"})
_URGENT = ("offer.made", "page.exhausted", "page.escalated", "page.alarm")


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    now = seconds(evidence.rows("alerts.clock")[0]["app_now"])
    messages = evidence.grouped("alerts.deliveries", "kind", "offer_id")
    for offer in evidence.rows("alerts.offers"):
        verdict.demand(_in_time(offer, now), "an offer was not attempted before its deadline", offer["id"])
        made = messages.get(("offer.made", offer["id"]), [])
        verdict.demand(len(made) == 1, "an offer has not one message", offer["id"])
        right = len(made) != 1 or _first_call(offer, made[0])
        verdict.demand(right, "an offer's first attempt is not its message's", offer["id"])
        if not _reachable(evidence, offer):
            continue
        for state, kind in (("taken", "offer.taken"), ("withdrawn", "offer.withdrawn")):
            wanted = int(offer["state"] == state)
            told = len(messages.get((kind, offer["id"]), []))
            verdict.demand(told == wanted, f"an offer that is {offer['state']} has {told} {kind}", offer["id"])
    _deliveries(evidence, verdict)
    return verdict


def _in_time(offer: Row, now: float) -> bool:
    """Without an attempt it must have ended otherwise than by silence, or still have time."""
    deadline = seconds(offer["acknowledge_by"])
    if offer["first_attempt_at"] is not None:
        ended = offer["settled_at"] is not None and seconds(offer["settled_at"]) <= seconds(offer["first_attempt_at"])
        return ended or seconds(offer["first_attempt_at"]) <= deadline
    if offer["state"] in LIVE:
        return now < deadline
    return offer["state"] != "expired" or offer["acknowledged_at"] is not None


def _reachable(evidence: Evidence, offer: Row) -> bool:
    """Whoever has no working endpoint any more cannot be told."""
    rows = evidence.rows("alerts.webhook_endpoints")
    return any(row["enabled"] and row["owner_id"] == offer["interrupter_id"] for row in rows)


def _first_call(offer: Row, message: Row) -> bool:
    """The message may have been claimed by a sender that died before it could say so."""
    return offer["first_attempt_at"] is None or same_instant(offer["first_attempt_at"], message["first_attempt_at"])


def _deliveries(evidence: Evidence, verdict: Verdict) -> None:
    endpoints, offers = evidence.by("alerts.webhook_endpoints", "id"), evidence.by("alerts.offers", "id")
    attempts = evidence.grouped("alerts.delivery_attempts", "delivery_id")
    for delivery in evidence.rows("alerts.deliveries"):
        urgent = delivery["class"] == "urgent"
        verdict.demand(urgent == (delivery["kind"] in _URGENT), "a message is of the wrong class", delivery["id"])
        verdict.demand(_is_about(delivery), "a message tells of something else", delivery["id"])
        if delivery["offer_id"] is not None:
            owner = endpoints.get(delivery["endpoint_id"], {}).get("owner_id")
            asked = offers.get(delivery["offer_id"], {}).get("interrupter_id")
            verdict.demand(owner == asked, "a message about an offer goes to somebody else", delivery["id"])
        _settled(evidence, verdict, delivery, attempts.get(delivery["id"], []))


def _is_about(delivery: Row) -> bool:
    message = json.loads(bytes.fromhex(delivery["body"].removeprefix("\\x")))
    about = message["data"]
    return bool(message["type"] == f"truce.{delivery['kind']}") and all(
        delivery[name] is None or about.get(name) == delivery[name] for name in ("offer_id", "page_id", "incident_id")
    )


def _in_order(evidence: Evidence, delivery: Row, attempts: list[Row]) -> bool:
    """Written, first tried, tried, settled. The first attempt and its record have a clock's reading each, between which
    the database may have stood still.
    """
    first = [row["at"] for row in attempts if row["number"] == 1]
    times = [delivery["created_at"], delivery["first_attempt_at"], *first, delivery["settled_at"]]
    known = [seconds(time) for time in times if time is not None]
    return _close(evidence, delivery, first) and all(later - earlier > -TICK_S for earlier, later in pairwise(known))


def _close(evidence: Evidence, delivery: Row, first: list[str]) -> bool:
    if not first:
        return True
    claimed, tried = seconds(delivery["first_attempt_at"]), seconds(first[0])
    return tried - claimed < TICK_S + evidence.slack(claimed, tried)


def _settled(evidence: Evidence, verdict: Verdict, delivery: Row, attempts: list[Row]) -> None:
    verdict.demand(_in_order(evidence, delivery, attempts), "a message's times are not in their order", delivery["id"])
    verdict.demand(delivery["state"] in _STATES, "a message is in no known state", delivery["id"])
    taken = [row for row in attempts if row["outcome"] == "delivered"]
    last = max(attempts, key=lambda row: row["number"], default={"outcome": "", "number": 0})
    ended = (last["outcome"], last["number"]) == ("delivered", delivery["attempts"])
    verdict.demand(not ended or delivery["state"] == "delivered", "a message was taken and is not", delivery["id"])
    delivered = delivery["state"] == "delivered"
    verdict.demand(bool(taken) or not delivered, "a message counts as delivered and nobody took it", delivery["id"])
    if delivered:
        after = [row for row in attempts if seconds(row["at"]) > seconds(delivery["settled_at"])]
        verdict.demand(not after, "a message was sent again after it was delivered", delivery["id"])
    if delivery["state"] == "dead":
        hopeless = {row["outcome"] for row in attempts} & {"rejected_410", "endpoint_disabled"}
        spent = delivery["attempts"] >= (5 if delivery["class"] == "urgent" else 10)
        verdict.demand(hopeless or spent, "a message was given up before its time", delivery["id"])
