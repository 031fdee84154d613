"""The headers around an event: written and read alike, and every malformation named without its content."""

import pytest

from shared.messaging.envelope import BadEnvelope, Envelope, headers_of, read_envelope
from tests.unit.shared.records import EVENT_ID, ORGANIZATION, TRACE, Headers, headers, registered


def test_what_is_written_is_what_is_read() -> None:
    made = headers_of(registered(version=7), event_id=EVENT_ID, traceparent=TRACE)
    assert read_envelope(tuple((name, value.encode()) for name, value in made.items())) == Envelope(
        event_id=EVENT_ID,
        type="truce.alerts.organization.registered.v1",
        source="/truce/alerts",
        subject=str(ORGANIZATION),
        version=7,
        traceparent=TRACE,
    )


def test_the_headers_are_those_of_cloudevents_in_binary_mode() -> None:
    assert headers_of(registered(), event_id=EVENT_ID, traceparent=None) == {
        "ce_specversion": "1.0",
        "ce_id": str(EVENT_ID),
        "ce_type": "truce.alerts.organization.registered.v1",
        "ce_source": "/truce/alerts",
        "ce_subject": str(ORGANIZATION),
        "ce_aggregateversion": "1",
        "ce_time": "2026-03-01T12:00:00+00:00",
        "ce_dataschema": "/schemas/truce.alerts.organization.registered.v1/1",
        "content-type": "application/json",
    }


def test_header_names_are_read_in_any_case_and_unknown_ones_ignored() -> None:
    shouted = tuple((name.upper(), value) for name, value in headers())
    assert read_envelope((*shouted, ("x-other", b"\xff"))) == read_envelope(headers())


MALFORMED: dict[str, Headers] = {
    "none at all": (),
    "no specversion": headers(ce_specversion=None),
    "another specversion": headers(ce_specversion=b"0.3"),
    "no id": headers(ce_id=None),
    "id is no UUID": headers(ce_id=b"canary"),
    "id is empty": headers(ce_id=b""),
    "no type": headers(ce_type=None),
    "type is empty": headers(ce_type=b""),
    "type is not UTF-8": headers(ce_type=b"\xff\xfecanary"),
    "type with a line break": headers(ce_type=b"canary\r\nx"),
    "no source": headers(ce_source=None),
    "no subject": headers(ce_subject=None),
    "subject is too long": headers(ce_subject=b"canary" * 60),
    "subject with NUL": headers(ce_subject=b"canary\x00"),
    "no version": headers(ce_aggregateversion=None),
    "version 0": headers(ce_aggregateversion=b"0"),
    "version -1": headers(ce_aggregateversion=b"-1"),
    "version 1.0": headers(ce_aggregateversion=b"1.0"),
    "version in other digits": headers(ce_aggregateversion="٣".encode()),
    "version in superscript": headers(ce_aggregateversion="²".encode()),
    "version beyond the database": headers(ce_aggregateversion=b"9" * 19),
    "version of 5,000 digits": headers(ce_aggregateversion=b"1" * 5000),
    "version with spaces": headers(ce_aggregateversion=b" 1"),
    "version of more events than a root can have": headers(ce_aggregateversion=b"1000000001"),
    "no content type": headers(content_type=None),
    "another content type": headers(content_type=b"application/cbor"),
    "content type begins like JSON": headers(content_type=b"application/jsonx"),
    "a header without a value": (*headers(ce_type=None), ("ce_type", None)),
    "a header twice": (*headers(), ("ce_id", str(EVENT_ID).encode())),
    "a header twice in two cases": (*headers(), ("CE_Subject", b"canary")),
}


@pytest.mark.parametrize("given", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_envelope_is_named_without_its_content(given: Headers) -> None:
    with pytest.raises(BadEnvelope) as refused:
        read_envelope(given)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("odd", [b"\xff", b"", b"x" * 1000, None])
def test_what_only_people_read_is_no_reason_to_refuse_an_event(odd: bytes | None) -> None:
    read = read_envelope(headers(traceparent=odd, ce_time=odd, ce_dataschema=odd))
    assert (read.event_id, read.traceparent) == (EVENT_ID, None)


@pytest.mark.parametrize("content", [b"application/json", b"Application/JSON", b"application/json; charset=utf-8"])
def test_json_may_be_told_in_several_ways(content: bytes) -> None:
    assert read_envelope(headers(content_type=content)) == read_envelope(headers())


def test_the_largest_version_is_read() -> None:
    assert read_envelope(headers(ce_aggregateversion=b"1000000000")).version == 1_000_000_000
