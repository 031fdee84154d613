"""All attempts of a message carry the same `webhook-id` and the same bytes, a signature that its receiver can verify,
and the time of the attempt; each is one that was written down before it was made.

Signatures are computed here from the receiver's secret as Standard Webhooks has it: HMAC-SHA256 over
`id.timestamp.body`.
"""

import base64
import hashlib
import hmac
import re
from collections import Counter

from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import Evidence, group, seconds
from tests.chaos.history import Received, Row

NAME = "messages_are_signed_and_stay_the_same"
# Between signing and arriving: a crowded machine's time, and what faults add to it.
ON_ITS_WAY_S = 10.0
CLOCK_S = 1.0
# What is written down has a mark where the link to the response page goes out.
_MARK, _LINK = re.escape(b"{respond}"), rb"https?://[^\s\"]+/r/[A-Za-z0-9_-]{43}"


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    deliveries = evidence.by("alerts.deliveries", "id")
    attempts = evidence.grouped("alerts.delivery_attempts", "delivery_id")
    arrived: dict[str, list[Received]] = {}
    for one in evidence.history.received:
        arrived.setdefault(one.message, []).append(one)
        _one(evidence, verdict, one)
    for message, requests in arrived.items():
        delivery = deliveries.get(message)
        verdict.demand(delivery, "a message nobody wrote down", message)
        if delivery is not None:
            _as_written(evidence, verdict, delivery, requests)
            _counted(verdict, delivery, requests, attempts.get(message, []))
    for message, rows in attempts.items():
        for row in rows:
            came = row["status"] is None or _came(evidence, row, arrived.get(message, []))
            verdict.demand(came, "an answered attempt reached nobody then", message, row["number"])
    _endpoints(evidence, verdict)
    return verdict


def _came(evidence: Evidence, attempt: Row, requests: list[Received]) -> bool:
    """Signed after it was claimed, answered with what is recorded."""
    at = seconds(attempt["at"])
    return any(
        one.answered == attempt["status"]
        and -CLOCK_S <= float(stamp) - at <= ON_ITS_WAY_S + evidence.slack(at, float(stamp))
        for one in requests
        if (stamp := one.headers.get("webhook-timestamp", "")).isdigit()
    )


def _endpoints(evidence: Evidence, verdict: Verdict) -> None:
    """Everybody who was registered has the endpoint, which is enabled unless its receiver was gone."""
    rows = evidence.by("alerts.webhook_endpoints", "id")
    for receiver in evidence.receivers.values():
        row = rows.get(receiver.endpoint_id, {})
        right = row.get("owner_kind") == receiver.kind
        right = right and (receiver.kind != "interrupter" or row.get("owner_id") == receiver.id)
        verdict.demand(right, "somebody's endpoint is not kept", receiver.id)
        verdict.demand(
            row.get("enabled") or row.get("disabled_reason"), "an endpoint is off without cause", receiver.id
        )


def _one(evidence: Evidence, verdict: Verdict, received: Received) -> None:
    receiver = evidence.receivers.get(received.receiver)
    where = (received.message, received.at)
    verdict.demand(receiver, "somebody unknown was called", *where)
    if receiver is not None:
        verdict.demand(is_signed(received, receiver.secret), "the signature does not verify", *where)
    stamp = received.headers.get("webhook-timestamp", "")
    signed_at = float(stamp) if stamp.isdigit() else 0.0
    late_s = received.at - signed_at - evidence.slack(signed_at, received.at)
    verdict.demand(-CLOCK_S <= late_s <= ON_ITS_WAY_S, "the timestamp is not the attempt's", *where)
    kind = received.headers.get("content-type", "")
    verdict.demand(kind.startswith("application/json"), "the body is not announced as JSON", *where)


def is_signed(received: Received, secret: str) -> bool:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    stamp = received.headers.get("webhook-timestamp", "")
    signed = f"{received.message}.{stamp}.".encode() + received.body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = received.headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(f"v1,{wanted}", one) for one in given)


def _as_written(evidence: Evidence, verdict: Verdict, delivery: Row, requests: list[Received]) -> None:
    written = re.compile(re.escape(bytes.fromhex(delivery["body"].removeprefix("\\x"))).replace(_MARK, _LINK))
    for one in requests:
        same = written.fullmatch(one.body) and one.body == requests[0].body
        verdict.demand(same, "an attempt carried other bytes than were written down", one.message, one.at)
        receiver = evidence.receivers.get(one.receiver)
        right = receiver is not None and receiver.endpoint_id == delivery["endpoint_id"]
        verdict.demand(right, "a message went to another endpoint than its own", one.message, one.receiver)


def _counted(verdict: Verdict, delivery: Row, requests: list[Received], attempts: list[Row]) -> None:
    """Each request was claimed first; each recorded answer was given by the receiver.

    What breaks on a kept connection says nothing of the receiver, so one attempt goes on with the next connection.
    """
    unbroken = [one for one in requests if one.answered not in {"closed", "hung"}]
    within = len(unbroken) <= delivery["attempts"]
    verdict.demand(within, "a message was sent more often than it was claimed", delivery["id"])
    recorded = Counter(row["status"] for row in attempts if row["status"] is not None)
    given = Counter(one.answered for one in requests)
    for status, times in recorded.items():
        verdict.demand(times <= given[status], f"an answer {status} is recorded and was not given", delivery["id"])
    numbers = [row["number"] for row in attempts]
    for number in numbers:
        verdict.demand(1 <= number <= delivery["attempts"], "an attempt nobody claimed", delivery["id"], number)
    for rows in group(attempts, "number").values():
        verdict.demand(len(rows) == 1, "one attempt is recorded twice", delivery["id"])
