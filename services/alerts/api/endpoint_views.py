"""Endpoints as requests name them and answers show them. A secret is in the answer that made it, and nowhere else."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictInt

from services.alerts.delivery.signing import Scheme
from services.alerts.domain.breaker import BreakerState
from services.alerts.domain.channels import EndpointKind
from services.alerts.domain.workforce import OwnerKind
from services.alerts.usecases.endpoints.place_endpoint import LAST_POSITION
from services.alerts.usecases.endpoints.register_webhook_endpoint import NewEndpoint
from services.alerts.usecases.endpoints.rotate_webhook_secret import Rotation

_DAY_S, _WEEK_S = 24 * 3600, 7 * 24 * 3600
MessageType = Annotated[str, Field(max_length=100)]
Position = Annotated[StrictInt, Field(ge=0, le=LAST_POSITION)]
Muted = Annotated[list[MessageType], Field(max_length=20)]


class OwnerBody(BaseModel):
    """`id`: the interrupter, or the organization whose supervisors it is for; absent for the duty dispatcher."""

    model_config = ConfigDict(extra="forbid")

    kind: OwnerKind
    id: UUID | None = None


class EndpointBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    owner: OwnerBody
    url: str = Field(min_length=1, max_length=2000, pattern=r"^[\x21-\x7e]+$")
    signature: Scheme = Scheme.HMAC_SHA256
    position: Position | None = None

    def wanted(self) -> NewEndpoint:
        return NewEndpoint(self.owner.kind, self.owner.id, self.url, self.signature, self.position)


class RotationBody(BaseModel):
    """`overlap_s`: for how long the key before goes on signing beside the new one; 0 if it is in wrong hands."""

    model_config = ConfigDict(extra="forbid")

    overlap_s: int = Field(default=_DAY_S, ge=0, le=_WEEK_S)
    signature: Scheme | None = None

    def wanted(self) -> Rotation:
        return Rotation(timedelta(seconds=self.overlap_s), self.signature)


class EndpointView(BaseModel):
    """`public_key`: what a receiver checks Ed25519 signatures with. `muted`: types of messages that do not come.

    An interrupter's endpoints are tried by `position`. A text channel has a `service`, and its address is never shown.
    `previous_key_until`: until then messages carry a second signature, with the key before. `breaker` is open after
    five attempts in a row that failed (`failures`): it is called all the same, and nobody waits for it.
    """

    id: UUID
    version: int
    owner: OwnerBody
    kind: EndpointKind
    position: int
    service: str | None
    url: str | None
    signature: Scheme | None
    public_key: str | None
    previous_key_until: AwareDatetime | None
    muted: list[str]
    enabled: bool
    disabled_reason: str | None
    breaker: BreakerState
    failures: int
    breaker_since: AwareDatetime | None
    created_at: AwareDatetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        own = ("id", "version", "kind", "position", "service", "url", "public_key", "muted", "enabled")
        health = ("disabled_reason", "created_at", "breaker", "failures", "breaker_since")
        until: datetime | None = row["previous_secret_until"]
        return cls(
            **{name: row[name] for name in own + health},
            owner=OwnerBody(kind=row["owner_kind"], id=row["owner_id"]),
            signature=_scheme(row),
            previous_key_until=until if until is not None and until > datetime.now(UTC) else None,
        )


class RegisteredView(EndpointView):
    """`secret` is null in the answer to a repeated request, and where `public_key` is all that a receiver needs."""

    secret: str | None = None


class TestView(BaseModel):
    """Where the result is: `GET /v1/deliveries/{delivery_id}`."""

    delivery_id: UUID


def _scheme(row: Mapping[str, Any]) -> Scheme | None:
    if row["kind"] != EndpointKind.WEBHOOK:
        return None
    return Scheme.HMAC_SHA256 if row["public_key"] is None else Scheme.ED25519
