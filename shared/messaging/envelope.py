"""CloudEvents 1.0 in Kafka binary mode: the headers around an event's JSON, written and read here only.

Read strictly is what decides whether and how often an event is applied; time, schema and trace are for people, and an
event is not refused for their sake.
"""

from dataclasses import dataclass
from uuid import UUID

from shared.contracts.event import Event

CONTENT_TYPE = "application/json"
# A root with more events than this has none; a version from nowhere would make all that follow look like repeats.
MAX_VERSION = 1_000_000_000


@dataclass(frozen=True)
class Envelope:
    """What the transport says about an event. `version` counts the events of one root: 1, 2, 3 …"""

    event_id: UUID
    type: str
    source: str
    subject: str
    version: int
    traceparent: str | None = None


class BadEnvelope(ValueError):
    """The headers are not those of an event. The text names the header, never its content."""


def source_of(event: Event) -> str:
    return f"/truce/{event.publisher}"


def headers_of(event: Event, *, event_id: UUID, traceparent: str | None) -> dict[str, str]:
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(event_id),
        "ce_type": event.TYPE,
        "ce_source": source_of(event),
        "ce_subject": event.root,
        "ce_aggregateversion": str(event.root_version),
        "ce_time": event.at.isoformat(),
        "ce_dataschema": f"/schemas/{event.schema_name()}",
        "content-type": CONTENT_TYPE,
    }
    return headers | ({"traceparent": traceparent} if traceparent else {})


def read_envelope(headers: tuple[tuple[str, bytes | None], ...]) -> Envelope:
    fields = {name.lower(): value for name, value in headers}
    if len(fields) != len(headers):
        raise BadEnvelope("a header is there twice")
    if _text(fields, "ce_specversion") != "1.0":
        raise BadEnvelope("ce_specversion is not 1.0")
    if _text(fields, "content-type").partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise BadEnvelope("content-type is not JSON")
    return Envelope(
        event_id=_uuid(fields, "ce_id"),
        type=_text(fields, "ce_type"),
        source=_text(fields, "ce_source"),
        subject=_text(fields, "ce_subject"),
        version=_version(fields, "ce_aggregateversion"),
        traceparent=_trace(fields),
    )


def _trace(fields: dict[str, bytes | None]) -> str | None:
    try:
        return _text(fields, "traceparent")
    except BadEnvelope:
        return None


def _text(fields: dict[str, bytes | None], name: str) -> str:
    raw = fields.get(name)
    if raw is None:
        raise BadEnvelope(f"{name} is missing")
    try:
        value = raw.decode()
    except UnicodeDecodeError:
        raise BadEnvelope(f"{name} is not UTF-8 text") from None
    if not value or len(value) > 300 or not value.isprintable():
        raise BadEnvelope(f"{name} is empty, too long or not printable")
    return value


def _uuid(fields: dict[str, bytes | None], name: str) -> UUID:
    try:
        return UUID(_text(fields, name))
    except ValueError as error:
        raise error if isinstance(error, BadEnvelope) else BadEnvelope(f"{name} is not a UUID") from None


def _version(fields: dict[str, bytes | None], name: str) -> int:
    value = _text(fields, name)
    is_number = value.isascii() and value.isdigit() and len(value) <= len(str(MAX_VERSION))
    if not is_number or not 1 <= int(value) <= MAX_VERSION:
        raise BadEnvelope(f"{name} is not a number of events")
    return int(value)
