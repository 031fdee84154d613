"""Consumer records as a broker would hand them over, one fact changed at a time."""

from datetime import UTC, datetime
from uuid import UUID

from aiokafka import ConsumerRecord

from shared.contracts.events.organizations import OrganizationRegistered, OrganizationSnapshot
from shared.messaging.envelope import headers_of

ORGANIZATION = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
EVENT_ID = UUID("01890a5d-ac96-774b-bcce-b302099a8058")
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
Headers = tuple[tuple[str, bytes | None], ...]


def registered(version: int = 1, name: str = "Heron House") -> OrganizationRegistered:
    snapshot = OrganizationSnapshot(version=version, organization_id=ORGANIZATION, name=name)
    return OrganizationRegistered(at=datetime(2026, 3, 1, 12, tzinfo=UTC), organization=snapshot)


def headers(**changed: bytes | None) -> Headers:
    """Those of `registered()`; a header set to None is left out."""
    made = headers_of(registered(), event_id=EVENT_ID, traceparent=TRACE)
    fields: dict[str, bytes | None] = {name: value.encode() for name, value in made.items()}
    fields |= {name.replace("content_type", "content-type"): value for name, value in changed.items()}
    return tuple((name, value) for name, value in fields.items() if value is not None)


def body() -> bytes:
    return registered().model_dump_json(exclude_none=True).encode()


KEY = str(ORGANIZATION).encode()
SOUND_HEADERS = headers()


def record(
    value: bytes | None, *, key: bytes | None = KEY, headers: Headers = SOUND_HEADERS
) -> "ConsumerRecord[bytes, bytes]":
    return ConsumerRecord(
        topic="alerts.organizations",
        partition=0,
        offset=7,
        timestamp=0,
        timestamp_type=0,
        key=key,
        value=value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=headers,
    )
