"""Decoding: whatever bytes come, the answer is an event, no interest, or poison with a reason; never an exception."""

import json
from dataclasses import fields, replace

import pytest
from aiokafka import ConsumerRecord

from shared.contracts.events.organizations import OrganizationRegistered
from shared.messaging.consumer.decode import Decoded, Poison, Uninteresting, decode
from shared.messaging.consumer.raw import Unreadable
from tests.unit.shared.records import ORGANIZATION, body, headers, record, registered

WANTED = {OrganizationRegistered.TYPE: OrganizationRegistered}
SOUND = json.loads(body())


def changed(**fields: object) -> bytes:
    """The sound body with other fields of its snapshot; None leaves one out."""
    snapshot = {name: value for name, value in (SOUND["organization"] | fields).items() if value is not None}
    return json.dumps(SOUND | {"organization": snapshot}).encode()


POISON: dict[str, tuple["ConsumerRecord[bytes, bytes]", str]] = {
    "tombstone": (record(None), "no_value"),
    "empty": (record(b""), "bad_body"),
    "not JSON": (record(b"canary"), "bad_body"),
    "cut off": (record(body()[:-1]), "bad_body"),
    "trailing bytes": (record(body() + b"canary"), "bad_body"),
    "bad UTF-8": (record(body().replace(b"Heron", b"\xff\xfe")), "bad_body"),
    "UTF-16": (record(body().decode().encode("utf-16")), "bad_body"),
    "byte order mark": (record(b"\xef\xbb\xbf" + body()), "bad_body"),
    "30,000 arrays deep": (record(b"[" * 30_000 + b"]" * 30_000), "bad_body"),
    "30,000 objects deep": (record(b'{"at":' * 30_000 + b"1" + b"}" * 30_000), "bad_body"),
    "30,000 deep in an unknown field": (
        record(body()[:-1] + b',"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}"),
        "bad_body",
    ),
    "an array": (record(b"[]"), "bad_body"),
    "null": (record(b"null"), "bad_body"),
    "a field is missing": (record(changed(name=None)), "bad_body"),
    "wrong type of a field": (record(changed(name=7)), "bad_body"),
    "id is no UUID": (record(changed(organization_id="canary")), "bad_body"),
    "name with NUL": (record(changed(name="canary\x00")), "bad_body"),
    "name with half a surrogate pair": (record(changed(name="canary\ud800")), "bad_body"),
    "name too long": (record(changed(name="canary" * 100)), "bad_body"),
    "NaN as version": (record(changed(version=float("nan"))), "bad_body"),
    "Infinity as version": (record(changed(version=float("inf"))), "bad_body"),
    "version of 5,000 digits": (record(body().replace(b'"version":1', b'"version":' + b"9" * 5000)), "bad_body"),
    "version 0": (record(changed(version=0)), "bad_body"),
    "time without zone": (record(body().replace(b"12:00:00Z", b"12:00:00")), "bad_body"),
    "time as text": (record(body().replace(b"2026-03-01T12:00:00Z", b"canary")), "bad_body"),
    "unknown subfield kinds": (record(changed(coverage=[{"community": "CANARY!", "from_day": "x"}])), "bad_body"),
    "1 MB": (record(changed(padding="x" * 1_000_000)), "too_large"),
    "1 MB of nothing": (record(b" " * 1_000_000), "too_large"),
    "no key": (record(body(), key=None), "bad_key"),
    "another's key": (record(body(), key=b"canary"), "bad_key"),
    "no headers": (record(body(), headers=()), "bad_envelope"),
    "headers cut": (record(body(), headers=headers(ce_id=None)), "bad_envelope"),
    "envelope of another version": (record(body(), headers=headers(ce_aggregateversion=b"2")), "contradiction"),
    "envelope of another root": (
        record(body(), key=b"canary", headers=headers(ce_subject=b"canary")),
        "contradiction",
    ),
    "envelope of another source": (record(body(), headers=headers(ce_source=b"/truce/canary")), "contradiction"),
    "version as text": (record(changed(version="1")), "bad_body"),
    "time as a number": (record(body().replace(b'"2026-03-01T12:00:00Z"', b"1772366400")), "bad_body"),
    "time in year 9999": (record(body().replace(b"2026-", b"9999-")), "bad_body"),
    "time in year 1": (record(body().replace(b"2026-03-01T12:00:00Z", b"0001-01-01T00:00:00+14:00")), "bad_body"),
    "a version twice, the last one lying": (
        record(body().replace(b'"version":1', b'"version":1,"version":2')),
        "contradiction",
    ),
}


@pytest.mark.parametrize(("given", "reason"), POISON.values(), ids=POISON.keys())
def test_poison_is_named_by_kind_and_repeats_no_content(given: "ConsumerRecord[bytes, bytes]", reason: str) -> None:
    item = decode(given, WANTED)
    assert isinstance(item, Poison)
    assert item.reason == reason
    assert "canary" not in item.detail.lower()
    assert 0 < len(item.detail) <= 300


def test_a_sound_record_is_the_event_that_was_published() -> None:
    item = decode(record(body()), WANTED)
    assert isinstance(item, Decoded)
    assert item.event == registered()


def test_unknown_fields_are_ignored_so_that_optional_ones_can_be_added() -> None:
    item = decode(record(changed(colour="blue", founded={"year": [1990]})), WANTED)
    assert isinstance(item, Decoded)
    assert item.event == registered()


@pytest.mark.parametrize("value", [body(), None, b"", b"\xff", b"[" * 30_000])
def test_an_event_of_no_interest_is_not_read(value: bytes | None) -> None:
    item = decode(record(value, headers=headers(ce_type=b"truce.alerts.organization.dissolved.v1")), WANTED)
    assert isinstance(item, Uninteresting)
    assert item.envelope.subject == str(ORGANIZATION)


def test_an_event_on_anothers_topic_is_poison() -> None:
    """Versions are counted per topic: there it would be new, and applied a second time."""
    there = replace(record(body()), topic="t1.alerts.workers")
    assert decode(there, WANTED) == Poison("wrong_topic", "an event of this type belongs on another topic")
    assert isinstance(decode(replace(there, topic="t1.alerts.organizations"), WANTED), Decoded)


class Founded(OrganizationRegistered):
    """What a deployment reads that never published its own change."""

    founded: int


def test_who_is_wrong_is_told_by_the_published_schema() -> None:
    refused = decode(record(changed(name=7)), WANTED)
    ours = decode(record(body()), {OrganizationRegistered.TYPE: Founded})
    assert isinstance(refused, Poison)
    assert isinstance(ours, Poison)
    assert (refused.ours, ours.ours) == (False, True)


def test_what_could_not_be_read_is_poison_whatever_it_holds() -> None:
    sound = record(body())
    whole = Unreadable(**{field.name: getattr(sound, field.name) for field in fields(sound)}, why="no codec")
    assert decode(whole, WANTED) == Poison("unreadable", "no codec")
