"""What the alerts service is told from outside, beside what every service is told."""

import base64
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

from pydantic import AnyHttpUrl, Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class AlertsSettings(ServiceSettings):
    """`secrets_key`: 32 bytes in base64, seals the endpoints' signing secrets. `public_url`: base of links in messages.

    Those links let their reader act: in production they are https.

    `watched_services`: the other services' names and the addresses of their apis, for the auditor.
    `webhook_allowed_networks` admits the loopback phones of demo and tests, and is refused in production.
    """

    model_config = SettingsConfigDict(env_prefix="TRUCE_ALERTS_")

    secrets_key: SecretStr
    public_url: AnyHttpUrl
    watched_services: dict[Literal["intake", "casework", "reporting"], AnyHttpUrl] = Field(default_factory=dict)
    webhook_allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @field_validator("secrets_key")
    @classmethod
    def _is_32_bytes(cls, value: SecretStr) -> SecretStr:
        if len(base64.b64decode(value.get_secret_value(), validate=True)) != 32:
            raise ValueError("must be 32 bytes in base64")
        return value

    @model_validator(mode="after")
    def _safe_in_production(self) -> "AlertsSettings":
        if self.environment == "production" and self.webhook_allowed_networks:
            raise ValueError("webhook_allowed_networks must be empty in production")
        if self.environment == "production" and self.public_url.scheme != "https":
            raise ValueError("public_url must be https in production")
        return self

    @property
    def secrets_key_bytes(self) -> bytes:
        return base64.b64decode(self.secrets_key.get_secret_value())
