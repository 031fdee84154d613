"""Somebody can be reached by SMS, e-mail or chat: an address of a listed service, kept sealed and never shown again."""

from dataclasses import dataclass, field
from uuid import UUID

from services.alerts.delivery.secret_box import SecretBox, endpoint_address_context
from services.alerts.domain.channels import EndpointKind, service_of
from services.alerts.domain.visibility import Viewer
from services.alerts.domain.workforce import OwnerKind
from services.alerts.tables import EndpointRow
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from services.alerts.usecases.endpoints.place_endpoint import place_for
from services.alerts.usecases.endpoints.register_webhook_endpoint import refuse_foreign_owner
from shared.kernel.ids import new_id
from shared.persistence.transaction import Transaction

_REGISTER = """
INSERT INTO webhook_endpoints (id, version, owner_kind, owner_id, kind, service, address_sealed, position, enabled,
                               created_at)
VALUES (:id, 1, :owner_kind, CAST(:owner_id AS uuid), :kind, :service, :address_sealed, :position, true, app_now())
RETURNING *
"""


@dataclass(frozen=True)
class NewTextEndpoint:
    """`position` None: behind those that are there."""

    owner_kind: OwnerKind
    owner_id: UUID | None
    kind: EndpointKind
    address: str = field(repr=False)
    position: int | None = None


async def register_text_endpoint(tx: Transaction, viewer: Viewer, new: NewTextEndpoint, box: SecretBox) -> EndpointRow:
    """The caller has checked the address. Raises Invalid for a foreign owner, AlreadyExists if there are too many."""
    await refuse_foreign_owner(tx, viewer, new.owner_kind, new.owner_id)
    await ask_to_reconsider(tx)
    position = await place_for(tx, new.owner_kind, new.owner_id, wanted=new.position)
    endpoint_id = new_id()
    row = await tx.row(
        _REGISTER,
        id=endpoint_id,
        owner_kind=new.owner_kind,
        owner_id=new.owner_id,
        kind=new.kind,
        service=service_of(new.address),
        address_sealed=box.seal(new.address, context=endpoint_address_context(endpoint_id)),
        position=position,
    )
    return EndpointRow(**row)
