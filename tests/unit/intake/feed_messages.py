"""Messages of the standards, small and sound, for tests that change one thing about them."""

import copy
from typing import Any
from zoneinfo import ZoneInfo

from services.intake.feeds.dc_offences import City

DISTRICT = City(ZoneInfo("America/New_York"), 38.79, -77.12, 39.0, -76.9)


def cap(info: str | None = None, **parts: str) -> bytes:
    """A CAP 1.2 alert about a shooting; `info` stands in for the whole block."""
    told = {
        "identifier": "TRUCE-2026-0007",
        "sender": "alerts@police.example",
        "sent": "2026-03-01T12:00:00-05:00",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Private",
    } | parts
    head = "".join(f"<{name}>{text}</{name}>" for name, text in told.items() if text != "")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{head}'
        f"{cap_info() if info is None else info}</alert>"
    ).encode()


def cap_info(**parts: str) -> str:
    told = {
        "category": "Safety",
        "event": "Shooting",
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Observed",
        "onset": "2026-03-01T11:52:00-05:00",
        "area": "<areaDesc>Park View</areaDesc><circle>38.9312,-77.0230 0.2</circle>",
    } | parts
    return "<info>" + "".join(f"<{name}>{text}</{name}>" for name, text in told.items() if text != "") + "</info>"


PIDF = (
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" '
    'xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0" entity="pres:a@b.example">'
    "<tuple id='t'><status><gp:geopriv><gp:location-info>{shape}</gp:location-info></gp:geopriv></status></tuple>"
    "</presence>"
)
CIRCLE = (
    '<gs:Circle srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>38.9312 -77.0230</gml:pos>'
    '<gs:radius uom="urn:ogc:def:uom:EPSG::9001">40</gs:radius></gs:Circle>'
)


def eido(**parts: Any) -> dict[str, Any]:
    """An incident with one call and one place; `...` leaves a component out."""
    told = {
        "$id": "urn:emergency:uid:eido:1",
        "eidoVersion": "1.0",
        "lastUpdateTimeStamp": "2026-03-01T17:05:00Z",
        "issuingElementIdentification": "psap.example",
        "agencyComponent": [{"$id": "agency", "agencyRoleDescriptionRegistryText": ["PSAP"]}],
        "incidentComponent": eido_incident(),
        "callComponent": [
            {"$id": "call", "callStartTimestamp": "2026-03-01T16:52:10Z", "standardPrimaryCallType": "emergency"}
        ],
        "locationComponent": [{"$id": "place", "locationByValue": PIDF.format(shape=CIRCLE)}],
        "personComponent": [{"$id": "person", "personIncidentRoleRegistryText": ["Caller"]}],
        "@context": {"@vocab": "EmergencyIncidentDataObjectType.jsonld"},
    } | parts
    return copy.deepcopy({name: value for name, value in told.items() if value is not ...})


def eido_incident(**parts: Any) -> dict[str, Any]:
    told = {
        "$id": "incident",
        "incidentTrackingIdentifier": "urn:emergency:uid:incidentid:7:psap.example",
        "incidentTypeCommonRegistryText": "Shooting",
        "incidentStatusCommonRegistryText": ["Active"],
        "locationReference": [{"$ref": "#place"}],
    } | parts
    return {name: value for name, value in told.items() if value is not ...}


def shape(text: str) -> dict[str, Any]:
    """The place of an EIDO, in the words of its PIDF-LO document."""
    return {"locationComponent": [{"$id": "place", "locationByValue": PIDF.format(shape=text)}]}


def feature(**properties: Any) -> dict[str, Any]:
    """A feature of the crime feed: an assault with a gun; `...` leaves a property out."""
    told = {
        "CCN": "26012345",
        "REPORT_DAT": "2026-03-01T17:20:00Z",
        "OFFENSE": "ASSAULT W/DANGEROUS WEAPON",
        "METHOD": "GUN",
        "BLOCK": "3500 - 3599 BLOCK OF WARDER STREET NW",
        "LATITUDE": 38.9312,
        "LONGITUDE": -77.023,
    } | properties
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [-77.023, 38.9312]},
        "properties": {name: value for name, value in told.items() if value is not ...},
    }


def detection(**parts: Any) -> dict[str, Any]:
    told = {"id": "d-1", "at": "2026-03-01T23:10:00Z", "lat": 38.9312, "lon": -77.023, "accuracy_m": 25.0} | parts
    return {name: value for name, value in told.items() if value is not ...}
