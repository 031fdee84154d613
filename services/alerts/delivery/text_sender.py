"""How a claimed message goes out as a text: its words, the notices that go with it, and the opened address."""

from datetime import datetime, timedelta
from uuid import UUID

from services.alerts.delivery.address_guard import AddressGuard
from services.alerts.delivery.claim import Claimed
from services.alerts.delivery.outcomes import AttemptOutcome
from services.alerts.delivery.response_link import ResponseLinks, links_of
from services.alerts.delivery.schedule import DeliveryClass
from services.alerts.delivery.secret_box import SecretBox, endpoint_address_context
from services.alerts.delivery.text_channels import PUBLIC_PORTS, AppriseTransport, TextTransport
from services.alerts.delivery.text_words import text_of
from services.alerts.settings import AlertsSettings
from services.alerts.usecases.messages.bundle_notices import bundle_notices
from shared.persistence.database import Database

# A gateway or a mail server takes its time; with settling it stays within the lease of the class.
_TIMEOUTS = {DeliveryClass.URGENT: timedelta(seconds=6), DeliveryClass.DURABLE: timedelta(seconds=15)}


class TextSender:
    def __init__(self, db: Database, transport: TextTransport, box: SecretBox, links: ResponseLinks) -> None:
        self._db = db
        self._transport = transport
        self._box = box
        self._links = links

    async def send(self, message: Claimed, at: datetime) -> AttemptOutcome:
        assert message.address_sealed is not None  # every text channel has one: a constraint of its table
        address = self._box.open(message.address_sealed, context=endpoint_address_context(message.endpoint_id))
        messages = [(message.id, message.body), *await self._with_it(message)]
        bodies = [self._links.filled(*one) for one in messages]
        timeout = _TIMEOUTS[message.delivery_class]
        return await self._transport.send(address, text_of(bodies, at), timeout=timeout)

    async def _with_it(self, message: Claimed) -> list[tuple[UUID, bytes]]:
        if message.delivery_class is DeliveryClass.URGENT:
            return []
        first = message.number == 1
        return await self._db.retrying(
            lambda tx: bundle_notices(tx, message.endpoint_id, message.id, is_first_attempt=first)
        )

    def close(self) -> None:
        self._transport.close()


def text_sender(db: Database, settings: AlertsSettings) -> TextSender:
    guard = AddressGuard(settings.webhook_allowed_networks, ports=PUBLIC_PORTS)
    return TextSender(db, AppriseTransport(guard), SecretBox(settings.secrets_key_bytes), links_of(settings))
