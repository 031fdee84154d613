"""Decode: bytes → a known event, an event of no interest, or poison with a reason. Never raises on input."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiokafka import ConsumerRecord
from pydantic import ValidationError

from shared.contracts.event import Event
from shared.messaging.envelope import BadEnvelope, Envelope, read_envelope
from shared.messaging.outbox import MAX_EVENT_BYTES


@dataclass(frozen=True)
class Decoded:
    envelope: Envelope
    event: Event


@dataclass(frozen=True)
class Uninteresting:
    """A well-formed event that nothing here reacts to: its version counts, its body is not read."""

    envelope: Envelope


@dataclass(frozen=True)
class Poison:
    """`reason` is a code for counting, `detail` a sentence without content."""

    reason: str
    detail: str


def decode(record: ConsumerRecord, wanted: Mapping[str, type[Event]]) -> Decoded | Uninteresting | Poison:
    try:
        envelope = read_envelope(record.headers)
    except BadEnvelope as error:
        return Poison("bad_envelope", str(error))
    if record.key is None or record.key != envelope.subject.encode():
        return Poison("bad_key", "the record's key is not the event's subject")
    kind = wanted.get(envelope.type)
    if kind is None:
        return Uninteresting(envelope)
    if record.value is None:
        return Poison("no_value", "the record has no value")
    if len(record.value) > MAX_EVENT_BYTES:
        return Poison("too_large", "the record is larger than any event may be")
    return _body(kind, envelope, record.value)


def _body(kind: type[Event], envelope: Envelope, value: bytes) -> Decoded | Poison:
    try:
        event = kind.model_validate_json(value)
    except ValidationError as error:
        places = {"/".join(str(part) for part in item["loc"]) or "body" for item in error.errors(include_input=False)}
        return Poison("bad_body", f"{error.error_count()} errors at {', '.join(sorted(places)[:5])}"[:300])
    except (ValueError, RecursionError) as error:
        return Poison("bad_body", type(error).__name__)
    if event.root != envelope.subject or event.root_version != envelope.version:
        return Poison("contradiction", "the envelope's subject or version is not the body's")
    return Decoded(envelope, event)
