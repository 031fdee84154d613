"""What the response page says, in plain words for somebody who was woken by it. The place of
what they are asked for or have; of the rest an area.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from services.alerts.domain.discretion import told
from services.alerts.domain.pages import PageKind
from services.alerts.domain.response import KNOWS_THE_PLACE, Deed, Standing, open_deeds, standing
from services.alerts.queries.responses import Asked
from shared.kernel.errors import NotEligible, StateConflict
from shared.kernel.vocabulary import DeclineReason, DispatchRole, IncidentKind, LeftOut

_KINDS = {
    IncidentKind.SHOOTING: "Shooting",
    IncidentKind.HOMICIDE: "Homicide",
    IncidentKind.STABBING: "Stabbing",
    IncidentKind.SHOTS_FIRED: "Shots fired",
    IncidentKind.ARMED_ROBBERY: "Armed robbery",
    IncidentKind.ASSAULT: "Assault",
    IncidentKind.THREAT: "Threat",
    IncidentKind.OTHER: "Incident",
}
_ROLES = {
    DispatchRole.SCENE: "Go to the scene",
    DispatchRole.HOSPITAL: "Go to the hospital",
    DispatchRole.FAMILY: "Be with the family",
}
_NEAR = "DANGER: go near, not in. Wait for word that it is clear."
_NOT_THERE = "DANGER at the scene: do not go there."
_STANDINGS = {
    Standing.ASKED: "You are asked.",
    Standing.SEEN: "You have seen this. Do you take it?",
    Standing.LATE: "The time to answer is over and nobody has it yet. You can still take it.",
    Standing.DECLINED: "You said no. Nobody has it yet: you can still take it.",
    Standing.SOMEBODY_ELSE: "Somebody else has it. You need not go.",
    Standing.OVER: "This is over. You need not go.",
    Standing.YOURS: "You have it.",
    Standing.ON_THE_WAY: "You have it and are on your way.",
    Standing.THERE: "You have it and are there.",
    Standing.DONE: "You have it and are done. Thank you.",
    Standing.GAVE_BACK: "You gave it back. Others are asked. You need not go.",
    Standing.RELIEVED: "You do not have this any more. You need not go.",
}
_BUTTONS = {
    Deed.SEEN: "Seen",
    Deed.TAKE: "I take it",
    Deed.EN_ROUTE: "I am on my way",
    Deed.ON_SCENE: "I am there",
    Deed.WELL: "I am well",
    Deed.CLEAR: "I am done",
    Deed.GIVE_BACK: "I cannot go",
    Deed.HAVE_IT: "I have it",
}
_NOES = {
    DeclineReason.OFF_SHIFT: "No: I am off shift",
    DeclineReason.ALREADY_COMMITTED: "No: I am busy with another one",
    DeclineReason.CONFLICT_OF_INTEREST: "No: I should not be the one",
    DeclineReason.UNSAFE: "No: it is not safe for me",
    DeclineReason.OTHER: "No",
}
PAGES = {
    PageKind.EXHAUSTED: "Nobody is left to ask",
    PageKind.GIVEN_UP: "Nobody was found in time, and nobody is asked any more",
    PageKind.ESCALATED: "An incident still has nobody",
    PageKind.NOT_ON_SCENE: "Somebody who took an incident is not there yet",
    PageKind.WELFARE: "Somebody on scene is not heard of",
    PageKind.TRIAGE_OVERDUE: "A triage was not held",
    PageKind.ASSIGNMENT_IN_DOUBT: "One of your people must not be where they were sent",
    PageKind.ALARM: "Something is wrong with Truce",
}


class Button(NamedTuple):
    words: str
    do: str
    reason: str | None = None


class PageWords(NamedTuple):
    """`facts`: lines under the title. `said`: how things stand."""

    title: str
    facts: tuple[str, ...]
    said: str
    buttons: tuple[Button, ...] = ()


def question_words(about: Asked) -> PageWords:
    stands = standing(about.question)
    danger = _NEAR if about.role is DispatchRole.SCENE else _NOT_THERE
    facts = [_where(about.incident), _ROLES[about.role], *_warnings(about.incident, danger)]
    if stands in KNOWS_THE_PLACE:
        place = about.incident["place"]
        facts.insert(1, f"Place: {place['lat']:.5f}, {place['lon']:.5f}")
    if stands in {Standing.ASKED, Standing.SEEN}:
        facts.append(f"Answer by {_clock(about.answer_by, about.time_zone)}")
    return PageWords(_what(about.incident), tuple(facts), _STANDINGS[stands], _buttons(open_deeds(about.question)))


def practice_words(test: Mapping[str, Any]) -> PageWords:
    """`test`: as `queries.responses.tested` has it."""
    title, facts = "This is a test", ("Nobody needs you now. It is looked whether you are reached.",)
    if test["acknowledged_at"] is not None:
        return PageWords(title, facts, "You have answered. Thank you.")
    said = "The time to answer is over. You can still say that you have seen it." if test["is_over"] else "Press Seen."
    return PageWords(title, facts, said, (Button(_BUTTONS[Deed.SEEN], Deed.SEEN),))


def page_words(page: Mapping[str, Any]) -> PageWords:
    """`page`: as `queries.responses.paged` has it."""
    incident = page["incident"]
    title = PAGES[PageKind(page["kind"])]
    facts = [page["subject"]] if incident is None else _of_incident(incident, page["roles"] or ())
    if page["state"] == "open":
        return PageWords(title, tuple(facts), "Somebody must act.", (Button(_BUTTONS[Deed.HAVE_IT], Deed.HAVE_IT),))
    at = _clock(page["settled_at"], page["time_zone"] or "UTC")
    said = f"Somebody has it since {at}." if page["state"] == "acknowledged" else f"It is over since {at}."
    return PageWords(title, tuple(facts), said)


def not_done(refused: StateConflict) -> str:
    """Whoever has the link is a person who was asked: they are told what such a person may know."""
    reasons = [told(LeftOut(one)) for one in refused.reasons] if isinstance(refused, NotEligible) else []
    why = f": {', '.join(dict.fromkeys(reasons))}" if reasons else ""
    return f"Not done: {refused}{why}.".replace("_", " ")


def _of_incident(incident: Mapping[str, Any], roles: Collection[str]) -> list[str]:
    """Whose phone a page comes to may be anybody's at the desk: of a restricted incident it says no more."""
    if incident.get("restricted"):
        return ["It is restricted: a supervisor knows more.", *_warnings(incident)]
    wanted = [f"Wanted: {', '.join(roles)}"] if roles else []
    return [_what(incident), _where(incident), *wanted, *_warnings(incident)]


def _what(incident: Mapping[str, Any]) -> str:
    kind = _KINDS[IncidentKind(incident["kind"])]
    return f"EXERCISE: {kind}" if incident["exercise"] else kind


def _where(incident: Mapping[str, Any]) -> str:
    community = incident.get("community")
    area = community["name"] if community else incident.get("cluster")
    return f"Area: {area}" if area else "Outside the programme's areas"


def _warnings(incident: Mapping[str, Any], danger: str = _NEAR) -> list[str]:
    """Going near is for whoever goes to the scene: others are told to keep away from it."""
    return [danger] if incident["active_threat"] else []


def _clock(at: datetime, time_zone: str) -> str:
    return at.astimezone(ZoneInfo(time_zone)).strftime("%H:%M")


def _buttons(deeds: tuple[Deed, ...]) -> tuple[Button, ...]:
    found: list[Button] = []
    for deed in deeds:
        if deed is Deed.DECLINE:
            found += [Button(words, deed, reason) for reason, words in _NOES.items()]
        else:
            found.append(Button(_BUTTONS[deed], deed))
    return tuple(found)
