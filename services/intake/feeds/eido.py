"""A NENA Emergency Incident Data Object (NENA-STA-021.1) as reports: one for each incident component.

| In the object | Taken as |
|---|---|
| incidentTrackingIdentifier of the incident, or of an object with no other; else internalIncidentId | the reference |
| incidentTypeCommonRegistryText, else incidentTypeInternalText | the kind (`event_words.py`) |
| incidentStatusCommonRegistryText that says cancelled | the source takes back what it reported |
| callStartTimestamp of its earliest call | when it happened and was told |
| lastUpdateTimeStamp, without any call of its own | when it happened, to the hour |
| locationByValue (PIDF-LO) of the location the incident refers to, else of the first that has coordinates | the place |
| calls of its own, every one of which is of a type that is a test | a drill |

Of one incident alone all calls are its own; of several, those that `eido_calls.py` can tell to be. What cannot be told
is taken so that nobody who should be paged is not: an incident with neither a call nor an update of its own is as late
as it may be, to the hour (the latest call that may be its own, the object's last update), and of several incidents
without a call of their own none is a drill but where every call is a test and there is one for each.

Every other component is ignored, people and notes above all.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.intake.feeds.eido_calls import Calls, Numbered, calls_of_each
from services.intake.feeds.event_words import kind_of, weapon_of
from services.intake.feeds.instants import instant_of
from services.intake.feeds.pidf_location import read_location
from services.intake.feeds.reading import NOTHING_KNOWN, NotUsable, ReportBody, ReportLocation, Unusable, Withdrawal
from shared.kernel.vocabulary import TimePrecision

Object = Mapping[str, Any]
Read = ReportBody | Withdrawal | Unusable
MOST_INCIDENTS = 50
_REFERENCE = re.compile(r"[\x21-\x7e]{1,200}")


def read_eido(document: Any) -> list[Read]:
    """Of an object that is none, or has no incident, one entry that says so."""
    try:
        incidents = list(_components(document, "incidentComponent"))
    except NotUsable as found:
        return [found.unusable]
    if not 1 <= len(incidents) <= MOST_INCIDENTS:
        return [Unusable("/incidentComponent", f"must be one to {MOST_INCIDENTS} incidents")]
    of_all = document.get("incidentTrackingIdentifier") if len(incidents) == 1 else None
    return [
        _one(document, incident, of_all, calls, f"/incidentComponent/{index}")
        for index, (incident, calls) in enumerate(zip(incidents, _calls(document, incidents), strict=True))
    ]


def _calls(document: Object, incidents: Sequence[Object]) -> Sequence[Calls | Unusable]:
    try:
        return calls_of_each(incidents, list(_components(document, "callComponent")))
    except NotUsable as found:
        return [found.unusable] * len(incidents)


def _one(document: Object, incident: Object, of_all: Any, calls: Calls | Unusable, pointer: str) -> Read:
    """`of_all`: the reference of the whole object, which says of several incidents nothing."""
    try:
        reference = _reference(incident, of_all, pointer)
        if any("cancel" in status.lower() for status in _texts(incident.get("incidentStatusCommonRegistryText"))):
            return Withdrawal(reference)
        if isinstance(calls, Unusable):
            return calls
        return _report(document, incident, reference, calls, pointer)
    except NotUsable as found:
        return found.unusable


def _report(document: Object, incident: Object, reference: str, calls: Calls, pointer: str) -> ReportBody:
    words = next((text for text in _words(incident) if kind_of(text) is not None), None)
    kind = None if words is None else kind_of(words)
    if words is None or kind is None:
        raise NotUsable(f"{pointer}/incidentTypeCommonRegistryText", "names no event that this reader knows")
    called_at = min(_times(calls.own), default=None)
    at = called_at or instant_of(_any(incident, "lastUpdateTimeStamp")) or _at_the_latest(document, calls, pointer)
    return {
        **NOTHING_KNOWN,
        "source_ref": reference,
        "kind": kind,
        "occurred_at": at.isoformat(),
        "occurred_precision": TimePrecision.HOUR if called_at is None else TimePrecision.MINUTE,
        "reported_at": at.isoformat(),
        "location": _location(document, incident),
        "weapon": weapon_of(words),
        "exercise": calls.is_drill,
    }


def _at_the_latest(document: Object, calls: Calls, pointer: str) -> datetime:
    updated_at = instant_of(_any(document, "lastUpdateTimeStamp"))
    at = max([*_times(calls.perhaps), *([] if updated_at is None else [updated_at])], default=None)
    if at is not None:
        return at
    if calls.is_alone:
        raise NotUsable("/callComponent/0/callStartTimestamp", "is missing, and so is any other time")
    raise NotUsable(f"{pointer}/lastUpdateTimeStamp", "is missing, and no call can be told to be of this incident")


def _reference(incident: Object, of_all: Any, pointer: str) -> str:
    for value in (incident.get("incidentTrackingIdentifier"), of_all, incident.get("internalIncidentId")):
        if value is not None:
            if not isinstance(value, str) or not _REFERENCE.fullmatch(value):
                raise NotUsable(f"{pointer}/incidentTrackingIdentifier", "is not a reference without spaces")
            return value
    raise NotUsable(f"{pointer}/incidentTrackingIdentifier", "is missing")


def _times(calls: Iterable[Numbered]) -> Iterator[datetime]:
    for index, call in calls:
        value = call.get("callStartTimestamp")
        at = instant_of(value)
        if value is not None and at is None:
            raise NotUsable(f"/callComponent/{index}/callStartTimestamp", "is not a date and time with an offset")
        if at is not None:
            yield at


def _location(document: Object, incident: Object) -> ReportLocation:
    """That which the incident refers to; where it refers to none, the first with coordinates."""
    places = list(_components(document, "locationComponent"))
    referred = {str(one.get("$ref")).lstrip("#") for one in _objects(incident.get("locationReference"))}
    candidates = [(index, place) for index, place in enumerate(places) if not referred or _name(place) in referred]
    failure = Unusable("/locationComponent", "has no place that the incident refers to")
    for index, place in candidates:
        pointer, value = f"/locationComponent/{index}/locationByValue", place.get("locationByValue")
        if not isinstance(value, str):
            failure = Unusable(pointer, "is not a PIDF-LO document")
            continue
        try:
            return read_location(value, pointer)
        except NotUsable as found:
            failure = found.unusable
    raise NotUsable(failure.pointer, failure.reason)


def _components(document: Any, name: str) -> Iterator[Object]:
    """A component may stand alone or in a list. Raises NotUsable for anything that is no component."""
    if not isinstance(document, Mapping):
        raise NotUsable("", "is not an EIDO")
    found = document.get(name)
    for index, one in enumerate(found if isinstance(found, list) else [] if found is None else [found]):
        if not isinstance(one, Mapping):
            raise NotUsable(f"/{name}/{index}", "is not an object")
        yield one


def _words(incident: Object) -> Iterator[str]:
    yield from _texts(incident.get("incidentTypeCommonRegistryText"))
    yield from _texts(incident.get("incidentTypeInternalText"))


def _any(part: Object, name: str) -> Any:
    """Drafts of the standard write the first letter large."""
    return part.get(name, part.get(name[0].upper() + name[1:]))


def _texts(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _objects(value: Any) -> list[Object]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, Mapping)]


def _name(component: Object) -> str | None:
    name = component.get("$id")
    return name if isinstance(name, str) else None
