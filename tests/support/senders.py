"""The sender as the engine has it, with another way out if need be, and what endpoints are registered with.

The one place of benches and races that knows the sender's parts.
"""

from services.alerts.delivery.response_link import links_of
from services.alerts.delivery.secret_box import SecretBox
from services.alerts.delivery.send import Sender
from services.alerts.delivery.signing import Scheme, new_key
from services.alerts.delivery.text_sender import text_sender
from services.alerts.delivery.transport import WebhookTransport
from services.alerts.settings import AlertsSettings
from shared.persistence.database import Database
from tests.support.deployment import Deployment


def sender_of(deployment: Deployment, db: Database, transport: WebhookTransport) -> Sender:
    settings = deployment.settings("alerts")
    assert isinstance(settings, AlertsSettings)
    box = SecretBox(settings.secrets_key_bytes)
    return Sender(db, transport, box, links_of(settings), text_sender(db, settings))


def new_secret() -> str:
    return new_key(Scheme.HMAC_SHA256)
