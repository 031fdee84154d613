"""A phone can be reached: an address that may be called, and a signing key of its own.

A secret leaves this function once, in clear, for the answer; what is stored is sealed. Of an Ed25519 key only the
public half leaves it.
"""

from dataclasses import dataclass, field
from uuid import UUID

from services.alerts.delivery.address_guard import AddressGuard, AddressRefused
from services.alerts.delivery.secret_box import SecretBox, endpoint_secret_context
from services.alerts.delivery.signing import Scheme, new_key, public_key
from services.alerts.domain.visibility import Viewer, has_endpoint
from services.alerts.domain.workforce import OwnerKind, owner_fault
from services.alerts.queries.endpoints import endpoint_owner
from services.alerts.tables import EndpointRow
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from services.alerts.usecases.endpoints.place_endpoint import place_for
from shared.kernel.errors import AlreadyExists, FieldError, Invalid
from shared.kernel.ids import new_id
from shared.persistence.transaction import Transaction

_REGISTER = """
INSERT INTO webhook_endpoints (id, version, owner_kind, owner_id, kind, position, url, secret_sealed, public_key,
                               enabled, created_at)
VALUES (:id, 1, :owner_kind, CAST(:owner_id AS uuid), 'webhook', :position, :url, :secret_sealed, :public_key,
        true, app_now())
ON CONFLICT (owner_id, url) WHERE enabled AND owner_kind = 'interrupter' DO NOTHING
RETURNING *
"""


@dataclass(frozen=True)
class Locks:
    """What keeps strangers out: where we may call, and what seals a secret."""

    guard: AddressGuard
    box: SecretBox


@dataclass(frozen=True)
class NewEndpoint:
    owner_kind: OwnerKind
    owner_id: UUID | None
    url: str = field(repr=False)
    scheme: Scheme = Scheme.HMAC_SHA256
    position: int | None = None


@dataclass(frozen=True)
class Registered:
    """`secret`: what the receiver must be told; None if its endpoint's public key is all it needs."""

    endpoint: EndpointRow = field(repr=False)
    secret: str | None = field(repr=False)


async def register_webhook_endpoint(tx: Transaction, viewer: Viewer, new: NewEndpoint, locks: Locks) -> Registered:
    """Raises AlreadyExists for one too many and for one that is there, Invalid for what cannot be called."""
    await refuse_foreign_owner(tx, viewer, new.owner_kind, new.owner_id)
    url = _checked(new.url, locks.guard)
    await ask_to_reconsider(tx)
    position = await place_for(tx, new.owner_kind, new.owner_id, wanted=new.position)
    endpoint_id, key = new_id(), new_key(new.scheme)
    found = await tx.row_or_none(
        _REGISTER,
        id=endpoint_id,
        owner_kind=new.owner_kind,
        owner_id=new.owner_id,
        position=position,
        url=url,
        secret_sealed=locks.box.seal(key, context=endpoint_secret_context(endpoint_id)),
        public_key=public_key(key),
    )
    if found is None:
        raise AlreadyExists("this interrupter has this endpoint already")
    return registered(EndpointRow(**found), key)


def registered(endpoint: EndpointRow, key: str) -> Registered:
    return Registered(endpoint, key if endpoint.public_key is None else None)


async def refuse_foreign_owner(tx: Transaction, viewer: Viewer, kind: OwnerKind, owner_id: UUID | None) -> None:
    """A foreign owner looks like an unknown one. Raises Invalid."""
    if fault := owner_fault(kind, owner_id):
        raise Invalid(fault)
    owner = await endpoint_owner(tx, kind, owner_id)
    if owner is None or not has_endpoint(viewer, owner):
        raise Invalid(FieldError("/owner", "is nobody you may register an endpoint for"))


def _checked(url: str, guard: AddressGuard) -> str:
    """The URL as it will be called: what was checked is what is kept."""
    try:
        return str(guard.check_url(url))
    except AddressRefused as refused:
        raise Invalid(FieldError("/url", f"cannot be called: {refused.reason}")) from None
