"""Decoding: whatever bytes come, the answer is an event, no interest, or poison with a reason; never an exception."""

import json

import pytest
from aiokafka import ConsumerRecord

from shared.contracts.events.organizations import OrganizationRegistered
from shared.messaging.consumer.decode import Decoded, Poison, Uninteresting, decode
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
