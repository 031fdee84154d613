"""What intake is told from outside: what every service is told, under its own prefix."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class IntakeSettings(ServiceSettings):
    """`batch_size`: events per transaction of the consumer."""

    model_config = SettingsConfigDict(env_prefix="TRUCE_INTAKE_")

    batch_size: int = Field(default=200, ge=1, le=10_000)
