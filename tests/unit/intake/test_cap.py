"""CAP 1.2 messages as reports; and whatever else comes as one is said to be unusable, in words that repeat nothing."""

import pytest
from pydantic import ValidationError

from services.intake.api.report_body import ReportSaid
from services.intake.feeds.cap import read_cap
from services.intake.feeds.reading import Chained, Unusable, Withdrawal
from shared.kernel.vocabulary import IncidentKind
from tests.unit.intake.feed_messages import cap, cap_info
from tests.unit.intake.memory import grows_by

ROOT = "alerts@police.example,TRUCE-2026-0007"


def said(raw: bytes) -> ReportSaid:
    """The report of the message, as the door reads it."""
    return ReportSaid.model_validate(chained(raw).said)


def chained(raw: bytes) -> Chained:
    read = read_cap(raw)
    assert isinstance(read, Chained), read
    return read


def test_an_alert_is_a_report() -> None:
    report = said(cap())
    assert (report.source_ref, report.kind, report.weapon.value) == (ROOT, IncidentKind.SHOOTING, "firearm")
    assert report.occurred_at.isoformat() == "2026-03-01T16:52:00+00:00"
    assert (report.occurred_precision.value, report.exercise, report.active_threat) == ("minute", False, False)
    assert (report.location.lat, report.location.lon, report.location.accuracy_m) == (38.9312, -77.023, 200.0)


def test_without_an_onset_the_time_is_known_to_the_hour() -> None:
    report = said(cap(cap_info(onset="")))
    assert (report.occurred_at.isoformat(), report.occurred_precision.value) == ("2026-03-01T17:00:00+00:00", "hour")
    effective = said(cap(cap_info(onset="", effective="2026-03-01T11:40:00-05:00")))
    assert effective.occurred_at.isoformat() == "2026-03-01T16:40:00+00:00", "nearer to it than when it was sent"


def test_a_polygon_is_its_centre_as_accurate_as_it_is_large() -> None:
    ring = "38.93,-77.03 38.94,-77.03 38.94,-77.02 38.93,-77.02 38.93,-77.03"
    place = said(cap(cap_info(area=f"<areaDesc>x</areaDesc><polygon>{ring}</polygon>"))).location
    assert (round(place.lat, 4), round(place.lon, 4)) == (38.935, -77.025)
    assert place.accuracy_m is not None
    assert 600 < place.accuracy_m < 750
    spike = "38.93,-77.02 38.93,-77.02 38.93,-77.02 38.93,-77.04 38.93,-77.02"
    far = said(cap(cap_info(area=f"<areaDesc>x</areaDesc><polygon>{spike}</polygon>"))).location
    assert far.accuracy_m is not None
    assert 1200 < far.accuracy_m < 1400, "its farthest corner counts"


def test_an_exercise_is_a_drill_and_shelter_at_once_is_a_threat() -> None:
    report = said(cap(cap_info(responseType="Shelter"), status="Exercise"))
    assert (report.exercise, report.active_threat) == (True, True)
    later = said(cap(cap_info(responseType="Shelter", urgency="Expected")))
    assert later.active_threat is False, "nobody is kept from a scene for what is not there yet"


def test_whatever_refers_to_one_another_has_the_reference_of_the_first() -> None:
    first = f"{ROOT},2026-03-01T12:00:00-05:00"
    second = "alerts@police.example,TRUCE-2026-0008,2026-03-01T12:10:00-05:00"
    later = {"identifier": "TRUCE-2026-0009", "sent": "2026-03-01T12:30:00-05:00"}
    assert said(cap(msgType="Update", references=f"{second} {first}", **later)).source_ref == ROOT
    assert chained(cap("", msgType="Cancel", references=f"{first} {second}", **later)).said == Withdrawal(ROOT)


def test_what_was_sent_in_one_second_is_one_chain_whatever_its_names_are() -> None:
    """A machine sends an alert and its first update within one second, which is all that `sent` tells apart."""
    at = "2026-03-01T12:00:00-05:00"
    first, second = f"{ROOT},{at}", f"alerts@police.example,A-1,{at}"
    assert said(cap(msgType="Update", identifier="A-1", references=first, sent=at)).source_ref == ROOT
    last = {"identifier": "A-0", "references": f"{first} {second}", "sent": at}
    assert said(cap(msgType="Update", **last)).source_ref == ROOT
    assert chained(cap("", msgType="Cancel", **last)).said == Withdrawal(ROOT)


def test_the_language_that_names_a_known_event_is_read() -> None:
    assert said(cap(cap_info(event="Tiroteo") + cap_info(event="Stabbing"))).kind is IncidentKind.STABBING
    coded = cap_info(event="Incident", eventCode="<valueName>LOCAL</valueName><value>ShotsFired</value>")
    assert said(cap(coded)).kind is IncidentKind.SHOTS_FIRED


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><alert>&c;</alert>'
)
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><alert>&x;</alert>'
PARAMETER = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;]><alert/>'
CIRCLE, POLYGON = "/alert/info/area/circle", "/alert/info/area/polygon"


def circle(text: str) -> bytes:
    return cap(cap_info(area=f"<areaDesc>x</areaDesc><circle>{text}</circle>"))


def polygon(text: str) -> bytes:
    return cap(cap_info(area=f"<areaDesc>x</areaDesc><polygon>{text}</polygon>"))


BROKEN = {
    "nothing": (b"", "/alert"),
    "cut off": (cap()[:-30], "/alert"),
    "cut off in the middle": (cap()[:200], "/alert"),
    "json": (b'{"alert": {}}', "/alert"),
    "binary": (bytes(range(256)), "/alert"),
    "nul": (cap().replace(b"Shooting", b"Shoot\0ing"), "/alert"),
    "bad utf-8": (cap().replace(b"Park View", b"Park \xff\xfe View"), "/alert"),
    "an encoding that does not exist": (cap().replace(b"UTF-8", b"KLINGON-1"), "/alert"),
    "an encoding of several bytes": (cap().replace(b"UTF-8", b"shift_jis"), "/alert"),
    "two roots": (cap() + b"<alert/>", "/alert"),
    "an undefined entity": (cap().replace(b"Park View", b"&view;"), "/alert"),
    "an entity bomb": (BOMB, "/alert"),
    "an external entity": (EXTERNAL, "/alert"),
    "an external parameter": (PARAMETER, "/alert"),
    "a document type alone": (cap().replace(b"<alert ", b"<!DOCTYPE alert SYSTEM 'x.dtd'><alert ", 1), "/alert"),
    "an older version": (cap().replace(b"cap:1.2", b"cap:1.1"), "/alert"),
    "no namespace": (cap().replace(b' xmlns="urn:oasis:names:tc:emergency:cap:1.2"', b""), "/alert"),
    "another document": (b"<rss/>", "/alert"),
    "no status": (cap(status=""), "/alert/status"),
    "a test": (cap(status="Test"), "/alert/status"),
    "a draft": (cap(status="Draft"), "/alert/status"),
    "an acknowledgement": (cap(msgType="Ack"), "/alert/msgType"),
    "an unknown type": (cap(msgType="actual"), "/alert/msgType"),
    "no identifier": (cap(identifier=""), "/alert/identifier"),
    "an identifier with a comma": (cap(identifier="a,b"), "/alert/identifier"),
    "an identifier without end": (cap(identifier="x" * 5000), "/alert/identifier"),
    "a sender with a space": (cap(sender="the police"), "/alert/sender"),
    "no time": (cap(sent=""), "/alert/sent"),
    "a time without offset": (cap(sent="2026-03-01T12:00:00"), "/alert/sent"),
    "a time of another calendar": (cap(sent="2026-02-30T12:00:00-05:00"), "/alert/sent"),
    "a time before all time": (cap(sent="0001-01-01T00:00:00+14:00"), "/alert/sent"),
    "an onset in words": (cap(cap_info(onset="noon")), "/alert/info/onset"),
    "an update of something unreadable": (cap(msgType="Update", references="TRUCE-2026-0007"), "/alert/references"),
    "a cancel of nothing": (cap("", msgType="Cancel"), "/alert/references"),
    "no info": (cap(""), "/alert/info"),
    "a flood": (cap(cap_info(event="Flood Warning")), "/alert/info/event"),
    "a bomb threat": (cap(cap_info(event="Bomb threat")), "/alert/info/event"),
    "no area": (cap(cap_info(area="")), "/alert/info/area"),
    "a place in words alone": (cap(cap_info(area="<areaDesc>Park View</areaDesc>")), "/alert/info/area"),
    "a circle without radius": (circle("38.93,-77.02"), CIRCLE),
    "a circle in words": (circle("here 1"), CIRCLE),
    "a circle off the earth": (circle("138.93,-77.02 1"), CIRCLE),
    "a circle in metres": (circle("38.93,-77.02 200"), CIRCLE),
    "a negative radius": (circle("38.93,-77.02 -1"), CIRCLE),
    "infinity": (circle("38.93,-77.02 inf"), CIRCLE),
    "an open ring": (polygon("38.93,-77.03 38.94,-77.03 38.94,-77.02 38.93,-77.02"), POLYGON),
    "a ring of two": (polygon("38.93,-77.03 38.94,-77.03"), POLYGON),
    "a ring with a hole in it": (polygon("38.93,-77.03 x 38.94,-77.02 38.93,-77.02 38.93,-77.03"), POLYGON),
    "a ring round the country": (polygon("25,-120 49,-120 49,-70 25,-70 25,-120"), POLYGON),
    "a ring of very many": (polygon("38.93,-77.03 " * 2000), POLYGON),
}


@pytest.mark.parametrize(("raw", "pointer"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_said_by_its_place(raw: bytes, pointer: str) -> None:
    read = read_cap(raw)
    assert isinstance(read, Unusable), read
    assert read.pointer == pointer


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE alert [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY view "&b;&b;&b;&b;">]>',
        '<!DOCTYPE alert [<!ENTITY view SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE alert [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;]>',
        '<!DOCTYPE alert SYSTEM "http://127.0.0.1:1/x.dtd">',
    ],
)
def test_a_sound_alert_is_not_read_as_soon_as_it_declares_anything(declared: str) -> None:
    raw = cap().replace(b"<alert ", f"{declared}<alert ".encode(), 1).replace(b"Park View", b"&view;")
    read = read_cap(raw if b"view " in raw else raw.replace(b"&view;", b"Park View"))
    assert isinstance(read, Unusable), read
    assert "document type or entities" in read.reason


WELL_FORMED_AND_IMPOSSIBLE = {
    "the year 1970": (cap(cap_info(onset="1970-01-01T00:00:00+00:00")), {"occurred_at"}),
    "the year 1970 everywhere": (
        cap(cap_info(onset=""), sent="1970-01-01T00:00:00+00:00"),
        {"occurred_at", "reported_at"},
    ),
}


@pytest.mark.parametrize(("raw", "fields"), WELL_FORMED_AND_IMPOSSIBLE.values(), ids=WELL_FORMED_AND_IMPOSSIBLE)
def test_what_cannot_be_is_left_to_the_door_that_everybody_uses(raw: bytes, fields: set[str]) -> None:
    with pytest.raises(ValidationError, match="before the year 2000") as refused:
        said(raw)
    assert {str(error["loc"][0]) for error in refused.value.errors()} == fields


def test_hundreds_of_broken_messages_leave_memory_flat() -> None:
    held, highest = grows_by(lambda: [read_cap(raw) for raw, _ in BROKEN.values()])
    assert held < 20_000
    assert highest < 3_000_000
