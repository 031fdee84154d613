"""What happens to an offer once it was made, each act a transaction: calls, answers, deadlines, the incident's end."""

from shared.contracts.event import Event
from shared.contracts.events import dispatches
from tests.chaos.history import Outcome, Row
from tests.chaos.mutations.city import iso
from tests.chaos.mutations.response import LIVE, Response


def delivery(response: Response, kind: str = "offer.made") -> Row:
    """The message about the newest offer."""
    rows = response.city.rows["alerts.deliveries"]
    return next(row for row in rows if row["offer_id"] == response.offer["id"] and row["kind"] == kind)


def rings(response: Response, answered: int = 204) -> Response:
    """The phone is called; a definite failure asks the next person beside it."""
    city, offer, message = response.city.after(0.05), response.offer, delivery(response)
    offer["first_attempt_at"] = offer["first_attempt_at"] or iso(city.at)
    city.attempt(message, answered)
    if answered == 204:
        offer["delivered_at"] = iso(city.at)
        response.tell(dispatches.OfferDelivered, offer_id=offer["id"])
    elif offer["bypassed_at"] is None:
        offer["bypassed_at"] = iso(city.at)
        response.staff("undelivered")
    return response


def rings_in_vain(response: Response) -> Response:
    """Five definite failures: the message is dead, and the offer with it. The next was asked after the first."""
    offer, message = response.offer, delivery(response)
    rings(response, 503)
    for _ in range(4):
        response.city.after(1)
        response.city.attempt(message, 503)
    message |= {"state": "dead", "next_attempt_at": None, "settled_at": iso(response.city.at)}
    _settle(response, offer, "undeliverable", dispatches.OfferUndeliverable)
    response.staff("undeliverable")
    return response


def acknowledges(response: Response, outcome: Outcome = "ok") -> Response:
    city, offer = response.city.after(2), response.offer
    offer |= {"state": "acknowledged", "acknowledged_at": iso(city.at)}
    _call(response, "acknowledge", outcome)
    response.tell(dispatches.OfferAcknowledged, offer_id=offer["id"])
    return response


def accepts(response: Response, outcome: Outcome = "ok", offer: Row | None = None) -> Response:
    """`offer`: an earlier one than the newest; everybody else who was asked is told that it is taken."""
    city, offer = response.city.after(3), offer or response.offer
    assignment: Row = {
        "id": city.id(),
        "incident_id": response.incident.id,
        "offer_id": offer["id"],
        "role": "scene",
        "interrupter_id": offer["interrupter_id"],
        "state": "accepted",
        "accepted_at": iso(city.at),
        "en_route_at": None,
        "on_scene_at": None,
        "ended_at": None,
        "exercise": response.incident.facts["exercise"],
    }
    city.rows["alerts.assignments"].append(assignment)
    response.assignments.append(assignment)
    offer["acknowledged_at"] = offer["acknowledged_at"] or iso(city.at)
    answer = {"assignment_id": assignment["id"]} if outcome == "ok" else None
    who = offer["interrupter_id"]
    city.call("accept", who, outcome, answer, incident_id=response.incident.id, offer_id=offer["id"])
    _settle(response, offer, "accepted", dispatches.OfferAccepted)
    for other in response.offers:
        if other["state"] in LIVE:
            response.message(other, "offer.taken")
            _settle(response, other, "taken", dispatches.OfferTaken)
    response.row["state"] = "staffed"
    response.tell(dispatches.DispatchStaffed)
    return response


def declines(response: Response, outcome: Outcome = "ok") -> Response:
    response.city.after(4)
    _call(response, "decline", outcome)
    response.offer["decline_reason"] = "off_shift"
    _settle(response, response.offer, "declined", dispatches.OfferDeclined)
    response.staff("declined")
    return response


def stays_silent(response: Response) -> Response:
    response.city.after(300 if response.offer["acknowledged_at"] else 121)
    _settle(response, response.offer, "expired", dispatches.OfferExpired)
    response.staff("unanswered")
    return response


def goes(response: Response, *steps: str) -> Response:
    """en_route, on_scene, clear."""
    ways = {
        "en_route": ("en_route", "en_route_at", dispatches.AssignmentEnRoute),
        "on_scene": ("on_scene", "on_scene_at", dispatches.AssignmentOnScene),
        "clear": ("cleared", "ended_at", dispatches.AssignmentCleared),
    }
    assignment = response.assignments[-1]
    for step in steps:
        state, column, kind = ways[step]
        assignment |= {"state": state, column: iso(response.city.after(5).at)}
        _call(response, step, "ok", assignment["interrupter_id"], assignment["offer_id"])
        response.tell(kind, assignment_id=assignment["id"])
    return response


def is_paged(response: Response) -> Response:
    """The desk gets the page and acknowledges it."""
    city = response.city.after(0.1)
    message = next(
        row for row in city.rows["alerts.deliveries"] if row["incident_id"] == response.incident.id and row["page_id"]
    )
    page = next(row for row in city.rows["alerts.pages"] if row["id"] == message["page_id"])
    city.attempt(message, 204)
    city.after(2)
    page |= {"state": "acknowledged", "next_action_at": None, "settled_at": iso(city.at)}
    city.call("page_acknowledge", "desk", body={"page_id": page["id"]}, incident_id=response.incident.id)
    return response


def ends(response: Response, state: str) -> Response:
    """The incident has ended: nobody is asked any more, whoever is on the way is told and free."""
    city = response.city.after(0.05)
    for offer in response.offers:
        if offer["state"] in LIVE:
            response.message(offer, "offer.withdrawn")
            _settle(response, offer, "withdrawn", dispatches.OfferWithdrawn)
    for assignment in response.assignments:
        assignment |= {"state": "stood_down", "ended_at": iso(city.at)}
        offer = next(one for one in response.offers if one["id"] == assignment["offer_id"])
        response.message(offer, "assignment.stood_down")
        response.tell(dispatches.AssignmentStoodDown, assignment_id=assignment["id"])
    response.row |= {"state": state, "closed_at": iso(city.at), "reconsider_at": None}
    kinds = {"closed": dispatches.DispatchClosed, "stood_down": dispatches.DispatchStoodDown}
    response.tell(kinds[state])
    return response


def notices_arrive(response: Response) -> Response:
    """What was written to people about this response and not yet sent."""
    for row in list(response.city.rows["alerts.deliveries"]):
        if row["incident_id"] == response.incident.id and row["state"] == "pending":
            response.city.after(0.02).attempt(row, 204)
    return response


def _settle(response: Response, offer: Row, state: str, kind: type[Event]) -> None:
    offer |= {"state": state, "settled_at": iso(response.city.at), "next_action_at": None}
    for row in response.city.rows["alerts.deliveries"]:
        waiting = row["state"] in ("pending", "retry_scheduled")
        if row["offer_id"] == offer["id"] and row["kind"] == "offer.made" and waiting:
            row |= {"state": "cancelled", "next_attempt_at": None, "settled_at": iso(response.city.at)}
    response.tell(kind, offer_id=offer["id"])


def _call(response: Response, op: str, outcome: Outcome, who: str = "", offer: str = "") -> None:
    actor, about = who or response.offer["interrupter_id"], offer or response.offer["id"]
    response.city.call(op, actor, outcome, incident_id=response.incident.id, offer_id=about)
