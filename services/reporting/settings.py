"""What reporting is told from outside."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class ReportingSettings(ServiceSettings):
    """`batch_size`: events per transaction. Nobody waits for one of them, so it is large."""

    model_config = SettingsConfigDict(env_prefix="TRUCE_REPORTING_")

    batch_size: int = Field(default=2000, ge=1, le=10_000)
