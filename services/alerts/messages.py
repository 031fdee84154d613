"""What a webhook says: thin. Ids, role, coarse area, deadlines and where to answer; details are fetched with a token.

Links are paths below the service's public address, which the receiver knows from its registration. `respond` alone is
a whole address: a page that says in full what the message is about, on which a person can act without app or token.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.alerts.domain.pages import PageKind
from shared.kernel.vocabulary import DispatchRole

# Stands where the link goes: it is put in when the message is sent, and is in no row.
RESPOND = "{respond}"
ENDS_BY_MERGE = frozenset({"offer.withdrawn", "assignment.stood_down"})


def offer_message(
    incident: Mapping[str, Any],
    *,
    offer_id: UUID,
    role: DispatchRole,
    acknowledge_by: datetime,
    accept_by: datetime,
) -> dict[str, Any]:
    """`stage_only`: an active threat; go near, not in, until the scene is clear."""
    return _message(
        "truce.offer.made",
        incident,
        offer_id=str(offer_id),
        role=role.value,
        stage_only=bool(incident["active_threat"]),
        acknowledge_by=acknowledge_by.isoformat(),
        accept_by=accept_by.isoformat(),
        links={
            "details": f"/v1/offers/{offer_id}",
            "acknowledge": f"/v1/offers/{offer_id}/acknowledge",
            "accept": f"/v1/offers/{offer_id}/accept",
            "decline": f"/v1/offers/{offer_id}/decline",
        },
    )


def assignment_message(
    incident: Mapping[str, Any], *, offer_id: UUID, assignment_id: UUID, role: DispatchRole
) -> dict[str, Any]:
    """You have this role: the desk has decided it. Nothing is asked; what is awaited is that somebody sets out."""
    return _message(
        "truce.assignment.made",
        incident,
        offer_id=str(offer_id),
        assignment_id=str(assignment_id),
        role=role.value,
        stage_only=bool(incident["active_threat"]),
        links={
            "details": f"/v1/offers/{offer_id}",
            "en_route": f"/v1/assignments/{assignment_id}/en-route",
            "on_scene": f"/v1/assignments/{assignment_id}/on-scene",
            "check_in": f"/v1/assignments/{assignment_id}/check-in",
            "clear": f"/v1/assignments/{assignment_id}/clear",
            "give_back": f"/v1/assignments/{assignment_id}/give-back",
        },
    )


def check_in_message(
    incident: Mapping[str, Any],
    *,
    offer_id: UUID,
    assignment_id: UUID,
    due_at: datetime | None,
    missed_at: datetime | None,
) -> dict[str, Any]:
    """Are you well? `missed_at`: when the desk is paged without an answer."""
    return _message(
        "truce.check_in.due",
        incident,
        offer_id=str(offer_id),
        assignment_id=str(assignment_id),
        due_at=due_at and due_at.isoformat(),
        missed_at=missed_at and missed_at.isoformat(),
        links={
            "check_in": f"/v1/assignments/{assignment_id}/check-in",
            "clear": f"/v1/assignments/{assignment_id}/clear",
        },
    )


def notice_message(kind: str, incident: Mapping[str, Any], *, offer_id: UUID, **facts: Any) -> dict[str, Any]:
    """Something about an offer that needs no answer: `truce.offer.taken`, `truce.offer.withdrawn` …

    `merged_into`: the incident turned out to be that one, and this is why.
    """
    merged_into = incident.get("merged_into") if kind in ENDS_BY_MERGE else None
    why = {"merged_into": merged_into} if merged_into else {}
    links = {"details": f"/v1/offers/{offer_id}"}
    return _message(f"truce.{kind}", incident, offer_id=str(offer_id), links=links, **why, **facts)


def practice_message(test_page_id: UUID, answer_by: datetime) -> dict[str, Any]:
    """A test of who is reached: about no incident, and said to be one."""
    links = {"acknowledge": f"/v1/test-pages/{test_page_id}/acknowledge"}
    return _message(
        "truce.test_page", None, test=True, test_page_id=str(test_page_id), answer_by=answer_by.isoformat(), links=links
    )


def trade_message(trade_id: UUID, what: str) -> dict[str, Any]:
    """Somebody asks to exchange a shift, or what came of it: requested, effective, declined, withdrawn, lapsed."""
    links = {"details": f"/v1/shift-trades/{trade_id}"}
    if what == "requested":
        links |= {action: f"/v1/shift-trades/{trade_id}/{action}" for action in ("agree", "decline")}
    return _message(f"truce.shift_trade.{what}", None, trade_id=str(trade_id), links=links)


def triage_message(incident: Mapping[str, Any], *, due_at: str) -> dict[str, Any]:
    """To supervisors: the meeting is owed by `due_at`, and nobody has recorded it."""
    links = {"triage": f"/v1/dispatches/{incident['incident_id']}/triage"}
    return _message("truce.triage.due_soon", incident, due_at=due_at, links=links, **_discreet(incident))


def plan_steps_message(incident: Mapping[str, Any], steps: Iterable[UUID]) -> dict[str, Any]:
    """To the supervisors of whoever was to do them: their day is over, and nobody has marked them as done."""
    links = {"triage": f"/v1/dispatches/{incident['incident_id']}/triage"}
    ids = [str(step) for step in steps]
    return _message("truce.plan_step.overdue", incident, step_ids=ids, links=links, **_discreet(incident))


def rest_message(interrupter_id: UUID, *, exposures: int) -> dict[str, Any]:
    """To the person and their supervisors. A suggestion: nobody is left out of anything by it."""
    links = {"exposure": f"/v1/interrupters/{interrupter_id}/exposure"}
    return _message("truce.rest.suggested", None, interrupter_id=str(interrupter_id), exposures=exposures, links=links)


def page_message(page_id: UUID, page: Mapping[str, Any], incident: Mapping[str, Any] | None) -> dict[str, Any]:
    """To supervisors and the duty dispatcher. `page`: its row; `round` counts how often it was sent before somebody
    acknowledged.

    About a restricted incident without area and roles: a desk is paged as ever, and calls a supervisor, who reads the
    rest.
    """
    links = {"acknowledge": f"/v1/pages/{page_id}/acknowledge"}
    if incident is not None:
        links["explain"] = f"/v1/dispatches/{incident['incident_id']}/explain"
    if incident is not None and page["kind"] == PageKind.TRIAGE_OVERDUE:
        links["triage"] = f"/v1/dispatches/{incident['incident_id']}/triage"
    facts: dict[str, Any] = {"page_id": str(page_id), "subject": page["subject"], "round": page["round"]}
    where = _discreet(incident)
    if page["roles"] and not where:
        facts["roles"] = page["roles"]
    return _message(f"truce.page.{page['kind']}", incident, links=links, **facts, **where)


def _discreet(incident: Mapping[str, Any] | None) -> dict[str, None]:
    """Supervisors' and desks' phones are several people's: of a restricted incident they do not say where."""
    return {"area": None} if incident is not None and incident.get("restricted") else {}


def test_message(endpoint_id: UUID) -> dict[str, Any]:
    """About nothing: that it comes, and that its signature is right, is all there is to see."""
    return _message(
        "truce.endpoint.test",
        None,
        endpoint_id=str(endpoint_id),
        links={"endpoint": f"/v1/webhook-endpoints/{endpoint_id}"},
    )


def failing_message(endpoint_id: UUID, interrupter_id: UUID) -> dict[str, Any]:
    """To the supervisors of a person whose phone fails again and again: the next is asked without waiting for it."""
    return _message(
        "truce.endpoint.failing",
        None,
        endpoint_id=str(endpoint_id),
        interrupter_id=str(interrupter_id),
        links={
            "endpoint": f"/v1/webhook-endpoints/{endpoint_id}",
            "deliveries": f"/v1/deliveries?endpoint_id={endpoint_id}",
        },
    )


def _message(kind: str, incident: Mapping[str, Any] | None, *, links: dict[str, str], **facts: Any) -> dict[str, Any]:
    """Each with the link to its page."""
    where: dict[str, Any] = {}
    if incident is not None:
        community = incident.get("community")
        where = {
            "incident_id": incident["incident_id"],
            "exercise": incident["exercise"],
            "area": community["name"] if community else incident.get("cluster"),
        }
    return {"type": kind, "data": where | facts | {"links": {"respond": RESPOND, **links}}}
