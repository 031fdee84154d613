"""What a message says as a text on a phone: a line or two, the area alone, and the link to the page where to act."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.alerts.delivery.text_channels import Text
from services.alerts.domain.offers import answer_by
from shared.kernel.vocabulary import DispatchRole, OfferState

SAID = {
    "truce.offer.made": "Can you take this?",
    "truce.offer.taken": "Somebody else has it. You need not go.",
    "truce.offer.withdrawn": "You are not needed any more. You need not go.",
    "truce.offer.extended": "You have more time to answer.",
    "truce.assignment.made": "You are sent.",
    "truce.assignment.stood_down": "It is over. You need not go on.",
    "truce.assignment.reassigned": "Somebody else goes instead of you. You need not go on.",
    "truce.check_in.due": "Are you well?",
    "truce.page.exhausted": "Nobody is left to ask. Somebody must act.",
    "truce.page.given_up": "Nobody was found in time, and nobody is asked any more. Somebody must decide.",
    "truce.page.welfare": "Somebody on scene is not heard of. Somebody must act.",
    "truce.page.escalated": "An incident still has nobody. Somebody must act.",
    "truce.page.not_on_scene": "Somebody who took an incident is not there yet. Somebody must act.",
    "truce.page.triage_overdue": "A triage was not held in time. Somebody must act.",
    "truce.triage.due_soon": "A triage is due soon and is not recorded.",
    "truce.plan_step.overdue": "What one of your people was to do after an incident is not done in time.",
    "truce.scene.clear": "The scene is reported clear.",
    "truce.scene.threat": "DANGER: an active threat at the scene. Do not go in.",
    "truce.scene.moved": "The place has changed. Look where it is.",
    "truce.rest.suggested": "A rest is suggested after what was seen lately.",
    "truce.page.assignment_in_doubt": "One of your people must not be where they were sent. Somebody must act.",
    "truce.page.alarm": "Something is wrong with Truce.",
    "truce.shift_trade.requested": "Somebody asks you to exchange a shift.",
    "truce.shift_trade.effective": "The exchange of shifts holds.",
    "truce.shift_trade.declined": "The exchange of shifts was declined. Your shift stays.",
    "truce.shift_trade.withdrawn": "The exchange of shifts was withdrawn. Your shift stays.",
    "truce.shift_trade.lapsed": "Nobody answered about the exchange of shifts in time. The shift stayed.",
    "truce.endpoint.test": "This is a test. Nothing is asked.",
    "truce.endpoint.failing": "A phone of your people fails again and again. Look whose.",
    "truce.test_page": "This is a test of whether you are reached.",
}


def text_of(bodies: Sequence[bytes], at: datetime) -> Text:
    """Of one message as it is sent, or of several notices in one. `at`: now, from which deadlines are told."""
    messages = [json.loads(body) for body in bodies]
    lines = [_line(message["type"], message["data"], at) for message in messages]
    title = f"Truce: {len(lines)} notices" if len(lines) > 1 else "Truce"
    return Text(title, "\n".join(lines))


def _line(kind: str, data: Mapping[str, Any], at: datetime) -> str:
    said = SAID.get(kind, kind.removeprefix("truce.").replace("_", " ").replace(".", ": "))
    parts = [
        "EXERCISE." if data.get("exercise") else "",
        said,
        f"{data['subject']}." if kind == "truce.page.alarm" else "",
        "It is the same as another incident." if data.get("merged_into") else "",
        _what_for(data),
        _danger(data),
        _until(data, at),
        data.get("links", {}).get("respond", ""),
    ]
    return " ".join(part for part in parts if part)


def _danger(data: Mapping[str, Any]) -> str:
    if not data.get("stage_only"):
        return ""
    return "DANGER: go near, not in." if data.get("role") == DispatchRole.SCENE else "DANGER at the scene."


def _what_for(data: Mapping[str, Any]) -> str:
    words = [str(word) for word in (data.get("role"), *(data.get("roles") or ()), data.get("area")) if word]
    return f"{', '.join(word[:1].upper() + word[1:] for word in words)}." if words else ""


def _until(data: Mapping[str, Any], at: datetime) -> str:
    """A text is the first that somebody hears of a question: it ends then if they do not look."""
    if "accept_by" not in data:
        return ""
    accept_by = datetime.fromisoformat(data["accept_by"])
    acknowledge_by = datetime.fromisoformat(data.get("acknowledge_by", data["accept_by"]))
    until = answer_by(OfferState.OPEN, acknowledge_by=acknowledge_by, accept_by=accept_by)
    left = max((until - at) // timedelta(minutes=1), 1)
    return f"Answer within {left} min."
