"""One OASIS Common Alerting Protocol 1.2 message as a report, or as the withdrawal of one.

| In the message | Taken as |
|---|---|
| msgType Alert, Update | a report under the reference of the earliest it refers to, else its own: a chain is one |
| references | the messages before it, of which it need name but one: who takes it knows what that one belongs to |
| msgType Cancel | the source takes back what it reported: a person decides what becomes of the incident |
| msgType Ack, Error; status System, Test, Draft | nothing to report, said to the sender |
| status Exercise | a drill |
| event, eventCode | the kind (`event_words.py`), of the first info that has one |
| onset | when it happened; without it effective or sent, to the hour |
| circle, polygon | the place: the centre, as accurate as the area is large |

What else it says is not read. Nothing of its free text leaves this module.
"""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from services.intake.feeds.event_words import kind_of, weapon_of
from services.intake.feeds.instants import instant_of
from services.intake.feeds.reading import (
    NOTHING_KNOWN,
    Chained,
    NotUsable,
    ReportBody,
    ReportLocation,
    Unusable,
    Withdrawal,
)
from services.intake.feeds.safe_xml import parse_xml
from shared.kernel.geo import Point, distance_m
from shared.kernel.vocabulary import TimePrecision

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
_NAME = re.compile(r"[\x21-\x7e]{1,90}")
_NUMBER = r"-?[0-9]{1,3}(?:\.[0-9]{1,15})?"
_PAIR = re.compile(rf"({_NUMBER}),({_NUMBER})")
_CIRCLE = re.compile(rf"({_NUMBER}),({_NUMBER})\s+([0-9]{{1,6}}(?:\.[0-9]{{1,15}})?)")
_WIDEST_M = 50_000.0
_MOST_CORNERS = 1_000
_SHELTER = frozenset({"Shelter", "Evacuate", "Avoid"})


def read_cap(raw: bytes) -> Chained | Unusable:
    try:
        return _read(raw)
    except NotUsable as found:
        return found.unusable


def _read(raw: bytes) -> Chained:
    alert = parse_xml(raw, "/alert")
    if alert.tag != f"{_CAP}alert":
        raise NotUsable("/alert", "is not an alert of CAP 1.2")
    status, message_type = _text(alert, "status"), _text(alert, "msgType")
    if status not in {"Actual", "Exercise"}:
        raise NotUsable("/alert/status", "is neither Actual nor Exercise, so there is nothing to report")
    sent = _instant(alert, "sent", "/alert/sent")
    if sent is None:
        raise NotUsable("/alert/sent", "is missing")
    own = f"{_name(alert, 'sender')},{_name(alert, 'identifier')}"
    earlier = _referred_to(alert)
    match message_type:
        case "Alert" | "Update":
            said = _report(alert, earlier[0] if earlier else own, sent, is_drill=status == "Exercise")
            return Chained(said, own, earlier)
        case "Cancel" if earlier:
            return Chained(Withdrawal(earlier[0]), own, earlier)
        case "Cancel":
            raise NotUsable("/alert/references", "is missing, so it cannot be told what is cancelled")
    raise NotUsable("/alert/msgType", "is none of Alert, Update and Cancel, so there is nothing to report")


def _report(alert: "Element", source_ref: str, sent: datetime, *, is_drill: bool) -> ReportBody:
    info, words = _telling(alert)
    kind = kind_of(words)
    assert kind is not None
    onset = _instant(info, "onset", "/alert/info/onset")
    at = onset or _instant(info, "effective", "/alert/info/effective") or sent
    responses = {response.text for response in info.findall(f"{_CAP}responseType")}
    return {
        **NOTHING_KNOWN,
        "source_ref": source_ref,
        "kind": kind,
        "occurred_at": at.isoformat(),
        "occurred_precision": TimePrecision.HOUR if onset is None else TimePrecision.MINUTE,
        "reported_at": sent.isoformat(),
        "location": _location(info),
        "weapon": weapon_of(words),
        "active_threat": _text(info, "urgency") == "Immediate" and not _SHELTER.isdisjoint(responses),
        "exercise": is_drill,
    }


def _telling(alert: "Element") -> tuple["Element", str]:
    """The first block whose event is of a kind known here (there is one for each language), with its words."""
    infos = alert.findall(f"{_CAP}info")
    for info in infos:
        codes = [code.findtext(f"{_CAP}value") or "" for code in info.findall(f"{_CAP}eventCode")]
        for words in (_text(info, "event"), *codes):
            if kind_of(words) is not None:
                return info, words
    raise NotUsable("/alert/info/event" if infos else "/alert/info", "names no event that this reader knows")


def _referred_to(alert: "Element") -> tuple[str, ...]:
    """Sender and identifier of each message that it refers to, the earliest first; those that were sent in one second
    as it names them.
    """
    found: list[tuple[datetime, str]] = []
    for reference in _text(alert, "references").split():
        sender, _, rest = reference.partition(",")
        identifier, _, sent = rest.partition(",")
        at = instant_of(sent)
        if at is None or not _NAME.fullmatch(sender) or not _NAME.fullmatch(identifier):
            raise NotUsable("/alert/references", "is not a list of sender,identifier,sent")
        found.append((at, f"{sender},{identifier}"))
    return tuple(name for _, name in sorted(found, key=lambda one: one[0]))


def _location(info: "Element") -> ReportLocation:
    for area in info.findall(f"{_CAP}area"):
        for circle in area.findall(f"{_CAP}circle"):
            return _around(circle.text or "")
        for polygon in area.findall(f"{_CAP}polygon"):
            return _inside(polygon.text or "")
    raise NotUsable("/alert/info/area", "has neither a circle nor a polygon")


def _around(text: str) -> ReportLocation:
    match = _CIRCLE.fullmatch(text.strip())
    if match is None:
        raise NotUsable("/alert/info/area/circle", "is not latitude,longitude and a radius in kilometres")
    centre = _point(match[1], match[2], "/alert/info/area/circle")
    return _located(centre, float(match[3]) * 1000.0, "/alert/info/area/circle")


def _inside(text: str) -> ReportLocation:
    pointer, pairs = "/alert/info/area/polygon", text.split()
    matches = [_PAIR.fullmatch(pair) for pair in pairs[: _MOST_CORNERS + 1]]
    corners = [_point(match[1], match[2], pointer) for match in matches if match is not None]
    if not 4 <= len(corners) == len(pairs) <= _MOST_CORNERS or corners[0] != corners[-1]:
        raise NotUsable(pointer, "is not a closed ring of latitude,longitude pairs")
    ring = corners[1:]
    centre = Point(sum(one.lat for one in ring) / len(ring), sum(one.lon for one in ring) / len(ring))
    return _located(centre, max(distance_m(centre, corner) for corner in ring), pointer)


def _located(centre: Point, accuracy_m: float, pointer: str) -> ReportLocation:
    if accuracy_m > _WIDEST_M:
        raise NotUsable(pointer, "is larger than a city")
    return {"lat": centre.lat, "lon": centre.lon, "accuracy_m": accuracy_m}


def _point(lat: str, lon: str, pointer: str) -> Point:
    point = Point(float(lat), float(lon))
    if abs(point.lat) > 90.0 or abs(point.lon) > 180.0:
        raise NotUsable(pointer, "is not a place on earth")
    return point


def _name(alert: "Element", tag: str) -> str:
    text = _text(alert, tag)
    if not _NAME.fullmatch(text) or "," in text:
        raise NotUsable(f"/alert/{tag}", "is not a name without spaces and commas")
    return text


def _instant(element: "Element", tag: str, pointer: str) -> datetime | None:
    text = _text(element, tag)
    at = instant_of(text)
    if text and at is None:
        raise NotUsable(pointer, "is not a date and time with an offset")
    return at and at.astimezone(UTC)


def _text(element: "Element", tag: str) -> str:
    return (element.findtext(f"{_CAP}{tag}") or "").strip()
