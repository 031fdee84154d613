"""A sound event of any type, made from its published schema alone, under a root that nobody has seen."""

import json
from dataclasses import dataclass
from typing import Any

from shared.contracts.event import Event
from shared.contracts.golden import schema_of
from shared.contracts.topics import Topic
from shared.kernel.ids import new_id
from shared.messaging.envelope import headers_of
from tests.support.examples import example_of
from tests.support.raw_batches import RawRecord

# Topic → its snapshot, and the field in it that tells the root.
ROOTS = {
    "intake.incidents": ("incident", "incident_id"),
    "intake.areas": ("area", "area_id"),
    "alerts.dispatches": ("dispatch", "incident_id"),
    "alerts.organizations": ("organization", "organization_id"),
    "alerts.workers": ("worker", "worker_id"),
    "casework.cases": ("case", "case_id"),
    "operations.alarms": ("alarm", "subject"),
}
Body = dict[str, Any]


@dataclass(frozen=True)
class Sound:
    kind: type[Event]
    body: Body
    headers: dict[str, bytes]

    @classmethod
    def of(cls, kind: type[Event]) -> "Sound":
        """The first event of its root."""
        body: Body = example_of(schema_of(kind))
        snapshot, root = ROOTS[kind.TOPIC.name]
        body[snapshot] |= {"version": 1, root: str(new_id())}
        event = kind.model_validate_json(json.dumps(body))
        headers = headers_of(event, event_id=new_id(), traceparent=None)
        return cls(kind, body, {name: value.encode() for name, value in headers.items()})

    @property
    def topic(self) -> Topic:
        return self.kind.TOPIC

    @property
    def key(self) -> bytes:
        return self.headers["ce_subject"]

    @property
    def value(self) -> bytes:
        return json.dumps(self.body).encode()

    @property
    def snapshot(self) -> str:
        return ROOTS[self.topic.name][0]

    def with_field(self, **fields: Any) -> bytes:
        """The body with other fields in its snapshot; NaN and the like are spelled as Python does."""
        return json.dumps(self.body | {self.snapshot: self.body[self.snapshot] | fields}).encode()

    def with_root(self, root: Any) -> bytes:
        return self.with_field(**{ROOTS[self.topic.name][1]: root})

    def with_time(self, at: Any) -> bytes:
        return json.dumps(self.body | {"at": at}).encode()

    def with_all_times(self, at: str) -> bytes:
        return self.value.replace(b"2026-03-14T21:07:00Z", at.encode())

    def with_unknown_code(self) -> bytes:
        """In the first field of the snapshot that has a fixed list of codes; in `at`, if there is no such field."""
        fields = schema_of(self.kind)["properties"][self.snapshot]["properties"]
        coded = [name for name, schema in fields.items() if "enum" in schema]
        return self.with_field(**{coded[0]: "nobody_knows"}) if coded else self.with_time("nobody_knows")

    def with_version(self, literal: bytes) -> bytes:
        """The version as these very bytes."""
        spelled = self.value.replace(b'"version": 1', b'"version": ' + literal)
        assert spelled != self.value or literal == b"1"
        return spelled

    def record(self, **changed: Any) -> RawRecord:
        """`key`, `value` or `headers` may be another's."""
        parts = {"key": self.key, "value": self.value, "headers": list(self.headers.items())} | changed
        return parts["key"], parts["value"], [(_name(name), content) for name, content in parts["headers"]]

    def heading(self, **changed: bytes | None) -> RawRecord:
        """With other headers; None leaves one out."""
        fields = self.headers | {name.replace("content_type", "content-type"): value for name, value in changed.items()}
        return self.record(headers=[(name, value) for name, value in fields.items() if value is not None])


def _name(name: str | bytes) -> bytes:
    return name if isinstance(name, bytes) else name.encode()
