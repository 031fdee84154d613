"""An answer that was acknowledged is never lost, and nothing counts as answered that nobody answered.

A call whose answer never came may have done its work or not; it explains what is there and demands nothing.
"""

from collections import defaultdict

from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import Evidence
from tests.chaos.history import Row

NAME = "no_answer_is_lost"
_ANSWERS = ("accept", "decline", "acknowledge")
_PAGED = ("page_acknowledge",)
_TOLD = {"accept": "offer.accepted", "decline": "offer.declined", "acknowledge": "offer.acknowledged"}
_STEPS = {"en_route": "en_route_at", "on_scene": "on_scene_at", "clear": "ended_at"}


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    told: dict[str, set[str]] = defaultdict(set)
    for event in evidence.events("alerts.dispatches"):
        told[event.word].add(str(event.body.get("offer_id") or event.body.get("assignment_id")))
    offers, assignments = evidence.by("alerts.offers", "id"), evidence.by("alerts.assignments", "offer_id")
    _accepts(evidence, verdict, assignments, told)
    for call in evidence.calls("acknowledge"):
        seen = offers.get(str(call.offer_id), {}).get("acknowledged_at")
        verdict.demand(seen, "an acknowledgement is lost", call.id, call.offer_id)
    for call in evidence.calls("decline"):
        verdict.demand(call.offer_id in told["offer.declined"], "a no is lost", call.id, call.offer_id)
    for op, column in _STEPS.items():
        for call in evidence.calls(op):
            verdict.demand(_done(assignments, call.offer_id, column), f"{op} is lost", call.id, call.offer_id)
    _pages(evidence, verdict)
    _nothing_from_nowhere(evidence, verdict, told, offers)
    return verdict


def _accepts(evidence: Evidence, verdict: Verdict, assignments: dict[str, Row], told: dict[str, set[str]]) -> None:
    for call in evidence.calls("accept"):
        row = assignments.get(str(call.offer_id), {})
        verdict.demand(row, "a yes has no assignment", call.id, call.offer_id)
        verdict.demand(call.offer_id in told["offer.accepted"], "a yes was told to nobody", call.id, call.offer_id)
        same = (call.result or {}).get("assignment_id") == row.get("id")
        verdict.demand(same, "a yes was answered with another assignment", call.id, call.offer_id)
        verdict.demand(row.get("interrupter_id") == call.actor, "somebody else has the role", call.id, call.offer_id)


def _done(assignments: dict[str, Row], offer: str | None, column: str) -> bool:
    """A step may be overtaken by the incident's end, which frees the person."""
    row = assignments.get(str(offer), {})
    return row.get(column) is not None


def _pages(evidence: Evidence, verdict: Verdict) -> None:
    pages = evidence.by("alerts.pages", "id")
    for call in evidence.calls(*_PAGED):
        page = pages.get(str((call.body or {}).get("page_id")), {})
        verdict.demand(page.get("state", "open") != "open", "an acknowledgement of a page is lost", call.id)
        about = page.get("incident_id")
        verdict.demand(call.incident_id in (None, about), "another page was acknowledged", call.id)


def _nothing_from_nowhere(
    evidence: Evidence, verdict: Verdict, told: dict[str, set[str]], offers: dict[str, Row]
) -> None:
    said: dict[str, set[str | None]] = defaultdict(set)
    desks = {desk.id for desk in evidence.run.desks}
    for call in evidence.calls(*_ANSWERS, *_STEPS, outcomes=("ok", "info")):
        said[call.op].add(call.offer_id)
        asked = offers.get(str(call.offer_id), {})
        known = call.actor == asked.get("interrupter_id") or call.actor in desks
        verdict.demand(known, "somebody answered for somebody else", call.id, call.actor)
        verdict.demand(call.incident_id in (None, asked.get("incident_id")), "an answer to another incident", call.id)
    for op in _ANSWERS:
        for offer in told[_TOLD[op]]:
            verdict.demand(offer in said[op], f"{_TOLD[op]}, and nobody said so", offer)
    for row in evidence.rows("alerts.assignments"):
        asked = offers.get(row["offer_id"], {})
        for op, column in _STEPS.items():
            done = row[column] is not None and (op != "clear" or row["state"] == "cleared")
            verdict.demand(not done or row["offer_id"] in said[op], f"{op}, and nobody said so", row["id"])
        same = all(row[name] == asked.get(name) for name in ("interrupter_id", "incident_id", "role"))
        verdict.demand(same and row["offer_id"] in said["accept"], "an assignment nobody accepted", row["id"])
    answered = {(call.body or {}).get("page_id") for call in evidence.calls(*_PAGED, outcomes=("ok", "info"))}
    for page in evidence.rows("alerts.pages"):
        right = page["state"] != "acknowledged" or page["id"] in answered
        verdict.demand(right, "a page counts as acknowledged, and nobody did", page["id"])
