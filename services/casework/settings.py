"""What casework is told from outside, prefix `TRUCE_CASEWORK_`."""

from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class CaseworkSettings(ServiceSettings):
    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_prefix="TRUCE_CASEWORK_")
