"""What the environment may and may not say about webhooks."""

import base64
from typing import Any

import pytest
from pydantic import ValidationError

from services.alerts.settings import AlertsSettings

SETTINGS: dict[str, Any] = {
    "postgres_dsn": "postgresql://truce@db/alerts",
    "kafka_bootstrap": "kafka:9092",
    "oidc_issuer": "https://issuer.example",
    "public_url": "https://alerts.example",
    "secrets_key": base64.b64encode(b"k" * 32).decode(),
}


def test_no_private_network_is_allowed_in_production() -> None:
    with pytest.raises(ValidationError, match="must be empty in production"):
        AlertsSettings(**SETTINGS, environment="production", webhook_allowed_networks=["127.0.0.0/8"])
    assert AlertsSettings(**SETTINGS, environment="production").webhook_allowed_networks == ()


def test_links_that_let_their_reader_act_are_https_in_production() -> None:
    with pytest.raises(ValidationError, match="public_url must be https"):
        AlertsSettings(**SETTINGS | {"public_url": "http://alerts.example"}, environment="production")


@pytest.mark.parametrize("key", ["", "short", base64.b64encode(b"k" * 31).decode(), "!" * 44])
def test_a_key_that_is_not_32_bytes_is_refused(key: str) -> None:
    with pytest.raises(ValidationError):
        AlertsSettings(**SETTINGS | {"secrets_key": key})
