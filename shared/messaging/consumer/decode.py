"""Decode: bytes → a known event, an event of no interest, or poison with a reason. Never raises on input.

The contract is the judge of who is wrong. A body that our model refuses is the record's fault as long as the model is
the one that was published; if it is not, a bad deployment reads the topic, and the poison is `ours`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from aiokafka import ConsumerRecord
from pydantic import ValidationError

from shared.contracts.event import Event
from shared.contracts.golden import SCHEMAS, read_sums, schema_of, sum_of, written
from shared.messaging.consumer.raw import Unreadable
from shared.messaging.envelope import BadEnvelope, Envelope, read_envelope, source_of
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
    """`reason` is a code for counting, `detail` a sentence without content.

    `ours`: the record may well be sound, and what failed is this deployment.
    """

    reason: str
    detail: str
    ours: bool = False


def decode(record: ConsumerRecord, wanted: Mapping[str, type[Event]]) -> Decoded | Uninteresting | Poison:
    if isinstance(record, Unreadable):
        return Poison("unreadable", record.why)
    try:
        envelope = read_envelope(record.headers)
    except BadEnvelope as error:
        return Poison("bad_envelope", str(error))
    if record.key is None or record.key != envelope.subject.encode():
        return Poison("bad_key", "the record's key is not the event's subject")
    kind = wanted.get(envelope.type)
    if kind is None:
        return Uninteresting(envelope)
    return _unfit(record, kind) or _body(kind, envelope, record.value)


def _unfit(record: ConsumerRecord, kind: type[Event]) -> Poison | None:
    """A sound event on another's topic would be applied a second time: versions are counted per topic."""
    if not record.topic.endswith(kind.TOPIC.name):
        return Poison("wrong_topic", "an event of this type belongs on another topic")
    if record.value is None:
        return Poison("no_value", "the record has no value")
    if len(record.value) > MAX_EVENT_BYTES:
        return Poison("too_large", "the record is larger than any event may be")
    return None


def _body(kind: type[Event], envelope: Envelope, value: bytes) -> Decoded | Poison:
    try:
        event = kind.model_validate_json(value, strict=True)
    except ValidationError as error:
        places = {"/".join(str(part) for part in item["loc"]) or "body" for item in error.errors(include_input=False)}
        detail = f"{error.error_count()} errors at {', '.join(sorted(places)[:5])}"[:300]
        return Poison("bad_body", detail, ours=not _is_as_published(kind))
    except (ValueError, RecursionError) as error:
        return Poison("bad_body", type(error).__name__)
    if event.root != envelope.subject or event.root_version != envelope.version:
        return Poison("contradiction", "the envelope's subject or version is not the body's")
    if envelope.source != source_of(event):
        return Poison("contradiction", "the envelope's source is not the event's publisher")
    return Decoded(envelope, event)


@cache
def _is_as_published(kind: type[Event]) -> bool:
    """Asked only about a type that has failed: it takes milliseconds."""
    return read_sums(SCHEMAS).get(kind.schema_name()) == sum_of(written(schema_of(kind)))
