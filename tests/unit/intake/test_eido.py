"""Emergency incident data objects as reports; and whatever is broken in one is said by its JSON Pointer."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.api.report_body import ReportSaid
from services.intake.feeds.eido import read_eido
from services.intake.feeds.reading import Unusable, Withdrawal
from shared.kernel.vocabulary import IncidentKind
from tests.unit.intake.feed_messages import CIRCLE, PIDF, eido, eido_incident, shape
from tests.unit.intake.memory import grows_by

TRACKED = "urn:emergency:uid:incidentid:7:psap.example"
POINT = '<gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>38.9312 -77.0230</gml:pos></gml:Point>'


def said(document: Any) -> ReportSaid:
    """The one report of the object, as the door reads it."""
    (read,) = read_eido(document)
    assert isinstance(read, dict), read
    return ReportSaid.model_validate(read)


def test_an_incident_with_its_call_and_place_is_a_report() -> None:
    report = said(eido())
    assert (report.source_ref, report.kind, report.weapon.value) == (TRACKED, IncidentKind.SHOOTING, "firearm")
    assert (report.occurred_at.isoformat(), report.occurred_precision.value) == ("2026-03-01T16:52:10+00:00", "minute")
    assert (report.location.lat, report.location.lon, report.location.accuracy_m) == (38.9312, -77.023, 40.0)
    assert report.exercise is False


def test_the_earliest_call_tells_the_time_and_without_one_it_is_known_to_the_hour() -> None:
    calls = [{"callStartTimestamp": f"2026-03-01T16:{minute}:00Z"} for minute in (55, 51, 58)]
    assert said(eido(callComponent=calls)).occurred_at.minute == 51
    report = said(eido(callComponent=...))
    assert (report.occurred_at.isoformat(), report.occurred_precision.value) == ("2026-03-01T17:05:00+00:00", "hour")


def test_what_the_registry_has_no_words_for_is_read_in_the_agencys_own() -> None:
    for registry in (..., "Unclassified", ["Other", "Unclassified"]):
        incident = eido_incident(incidentTypeCommonRegistryText=registry, incidentTypeInternalText="10-71 SHOTS FIRED")
        assert said(eido(incidentComponent=incident)).kind is IncidentKind.SHOTS_FIRED


def test_the_place_is_that_which_the_incident_refers_to() -> None:
    other = {"$id": "caller", "locationByValue": PIDF.format(shape=POINT.replace("38.9312", "38.8"))}
    place = {"$id": "place", "locationByValue": PIDF.format(shape=POINT)}
    report = said(eido(locationComponent=[other, place]))
    assert (report.location.lat, report.location.accuracy_m) == (38.9312, None)
    civic = {"$id": "street", "locationByValue": PIDF.format(shape="<civicAddress/>")}
    unreferred = eido_incident(locationReference=...)
    assert said(eido(incidentComponent=unreferred, locationComponent=[civic, place])).location.lat == 38.9312


def test_a_cancelled_incident_is_taken_back_and_a_test_call_is_a_drill() -> None:
    cancelled = eido_incident(incidentStatusCommonRegistryText=["Cancelled"])
    assert read_eido(eido(incidentComponent=cancelled)) == [Withdrawal(TRACKED)]
    for words, is_drill in (("TestCall", True), ("TEST", True), ("Protest", False), ("Attestation", False)):
        call = {"callStartTimestamp": "2026-03-01T16:52:10Z", "standardPrimaryCallType": words}
        assert said(eido(callComponent=call)).exercise is is_drill, words
    real, test = {"standardPrimaryCallType": "emergency"}, {"standardPrimaryCallType": ["911", "TestCall"]}
    assert said(eido(callComponent=[test, test])).exercise is True
    for calls in ([test, real], [real, test], ...):
        assert said(eido(callComponent=calls)).exercise is False, "one test call makes no drill of what others tell"


def test_the_reference_of_the_whole_object_names_one_incident_alone() -> None:
    nameless = eido_incident(incidentTrackingIdentifier=...)
    (alone,) = read_eido(eido(incidentTrackingIdentifier="all", incidentComponent=nameless))
    assert isinstance(alone, dict)
    assert alone["source_ref"] == "all"
    own = eido_incident(incidentTrackingIdentifier=..., internalIncidentId="own")
    several = read_eido(eido(incidentTrackingIdentifier="all", incidentComponent=[nameless, own, nameless]))
    assert [one["source_ref"] if isinstance(one, dict) else one for one in several] == [
        Unusable("/incidentComponent/0/incidentTrackingIdentifier", "is missing"),
        "own",
        Unusable("/incidentComponent/2/incidentTrackingIdentifier", "is missing"),
    ]


def test_each_incident_is_a_report_and_a_broken_one_loses_no_good_one() -> None:
    good, broken = eido_incident(incidentTrackingIdentifier="a"), eido_incident(incidentTypeCommonRegistryText="Fire")
    first, second = read_eido(eido(incidentComponent=[broken, good]))
    assert isinstance(first, Unusable)
    assert first.pointer == "/incidentComponent/0/incidentTypeCommonRegistryText"
    assert isinstance(second, dict)
    assert second["source_ref"] == "a"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("SHOTS_FIRED", IncidentKind.SHOTS_FIRED),
        ("Person shot", IncidentKind.SHOOTING),
        ("GunshotWound", IncidentKind.SHOOTING),
        ("Homicide - shooting", IncidentKind.HOMICIDE),
        ("Robbery with a knife", IncidentKind.ARMED_ROBBERY),
        ("Assault", IncidentKind.ASSAULT),
        ("Terroristic threats", IncidentKind.THREAT),
    ],
)
def test_agencies_words_mean_kinds(words: str, kind: IncidentKind) -> None:
    assert said(eido(incidentComponent=eido_incident(incidentTypeCommonRegistryText=words))).kind is kind


def incident(**parts: Any) -> dict[str, Any]:
    return eido(incidentComponent=eido_incident(**parts))


def placed(text: str) -> dict[str, Any]:
    return eido(**shape(text))


BOMB = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;">]><presence>&b;</presence>'
EXTERNAL = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><presence>&x;</presence>'
TYPE, TRACKING = (
    "/incidentComponent/0/incidentTypeCommonRegistryText",
    "/incidentComponent/0/incidentTrackingIdentifier",
)
PLACE, CALL = "/locationComponent/0/locationByValue", "/callComponent/0/callStartTimestamp"
BROKEN: dict[str, tuple[Any, str]] = {
    "null": (None, ""),
    "a list": ([eido()], ""),
    "a text": ("eido", ""),
    "a number": (7, ""),
    "an empty object": ({}, "/incidentComponent"),
    "no incident": (eido(incidentComponent=...), "/incidentComponent"),
    "an empty list of incidents": (eido(incidentComponent=[]), "/incidentComponent"),
    "ten thousand incidents": (eido(incidentComponent=[{}] * 10_000), "/incidentComponent"),
    "an incident in words": (eido(incidentComponent="a shooting"), "/incidentComponent/0"),
    "an incident that is a list": (eido(incidentComponent=[[]]), "/incidentComponent/0"),
    "no reference": (incident(incidentTrackingIdentifier=...), TRACKING),
    "a reference that is a number": (incident(incidentTrackingIdentifier=7), TRACKING),
    "a reference with spaces": (incident(incidentTrackingIdentifier="the incident"), TRACKING),
    "a reference without end": (incident(incidentTrackingIdentifier="x" * 5000), TRACKING),
    "a reference in another script": (incident(incidentTrackingIdentifier="случай-7"), TRACKING),
    "no type": (incident(incidentTypeCommonRegistryText=...), TYPE),
    "a type that is an object": (incident(incidentTypeCommonRegistryText={"$ref": "x"}), TYPE),
    "a type that is a number": (incident(incidentTypeCommonRegistryText=10), TYPE),
    "a fire": (incident(incidentTypeCommonRegistryText="StructureFire"), TYPE),
    "a call in words": (eido(callComponent="at noon"), "/callComponent/0"),
    "calls that are numbers": (eido(callComponent=[1, 2]), "/callComponent/0"),
    "a time without offset": (eido(callComponent=[{"callStartTimestamp": "2026-03-01T12:00:00"}]), CALL),
    "a time in milliseconds": (eido(callComponent=[{"callStartTimestamp": 1772370000000}]), CALL),
    "a time in words": (eido(callComponent=[{"callStartTimestamp": "noon"}]), CALL),
    "a day that does not exist": (eido(callComponent=[{"callStartTimestamp": "2026-02-30T12:00:00Z"}]), CALL),
    "the calendar's first day": (eido(callComponent=[{"callStartTimestamp": "0001-01-01T00:00:00+14:00"}]), CALL),
    "no time at all": (eido(callComponent=..., lastUpdateTimeStamp=...), CALL),
    "no place": (eido(locationComponent=...), "/locationComponent"),
    "a place that is a text": (eido(locationComponent="here"), "/locationComponent/0"),
    "a place whose name is a list": (eido(locationComponent=[{"$id": ["place"]}]), "/locationComponent"),
    "a reference to nowhere": (incident(locationReference=[{"$ref": "#elsewhere"}]), "/locationComponent"),
    "a place by reference alone": (
        eido(locationComponent=[{"$id": "place", "locationByReferenceUrl": "https://lis.example/1"}]),
        PLACE,
    ),
    "a place that is an object": (eido(locationComponent=[{"$id": "place", "locationByValue": {"lat": 38.9}}]), PLACE),
    "a place cut off": (eido(locationComponent=[{"$id": "place", "locationByValue": PIDF[:150]}]), PLACE),
    "a place that is JSON": (eido(locationComponent=[{"$id": "place", "locationByValue": '{"lat": 1}'}]), PLACE),
    "an entity bomb": (eido(locationComponent=[{"$id": "place", "locationByValue": BOMB}]), PLACE),
    "an external entity": (eido(locationComponent=[{"$id": "place", "locationByValue": EXTERNAL}]), PLACE),
    "a street address alone": (placed("<civicAddress><A3>Washington</A3></civicAddress>"), PLACE),
    "one number": (placed(POINT.replace("38.9312 -77.0230", "38.9312")), PLACE),
    "four numbers": (placed(POINT.replace("38.9312 -77.0230", "38.9 -77.0 3 4")), PLACE),
    "numbers in words": (placed(POINT.replace("38.9312", "north")), PLACE),
    "not a number": (placed(POINT.replace("38.9312", "nan")), PLACE),
    "off the earth": (placed(POINT.replace("38.9312", "138.9312")), PLACE),
    "metres for degrees": (placed(POINT.replace("38.9312 -77.0230", "4313000 -8574000")), PLACE),
    "another system of coordinates": (placed(POINT.replace("4326", "26985")), PLACE),
    "a radius in feet": (placed(CIRCLE.replace("9001", "9002")), PLACE),
    "a radius in words": (placed(CIRCLE.replace(">40<", ">wide<")), PLACE),
    "a polygon": (placed(f"<gml:LinearRing>{'<gml:pos>38.9 -77.0</gml:pos>' * 5}</gml:LinearRing>"), PLACE),
}


@pytest.mark.parametrize(("document", "pointer"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_said_by_its_place(document: Any, pointer: str) -> None:
    (read,) = read_eido(document)
    assert isinstance(read, Unusable), read
    assert read.pointer == pointer


@pytest.mark.parametrize("document", [BOMB, EXTERNAL])
def test_a_place_that_declares_entities_is_not_read_at_all(document: str) -> None:
    (read,) = read_eido(eido(locationComponent=[{"$id": "place", "locationByValue": document}]))
    assert isinstance(read, Unusable)
    assert "document type or entities" in read.reason


def test_the_year_1970_is_left_to_the_door_that_everybody_uses() -> None:
    (read,) = read_eido(eido(callComponent=[{"callStartTimestamp": "1970-01-01T00:00:00Z"}]))
    with pytest.raises(ValidationError, match="before the year 2000"):
        ReportSaid.model_validate(read)


def test_hundreds_of_broken_objects_leave_memory_flat() -> None:
    held, highest = grows_by(lambda: [read_eido(document) for document, _ in BROKEN.values()])
    assert held < 20_000
    assert highest < 3_000_000
