"""What every service is told from outside. Each service subclasses this with its own environment prefix."""

from typing import Literal

from pydantic import Field, PostgresDsn, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """`topic_prefix` isolates tests that share a broker; `metrics_port` is where `stream` and `engine` answer.

    `niceness`: on a machine shared by all services, those whom nobody waits for let the others go first.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    postgres_dsn: SecretStr
    kafka_bootstrap: str = "127.0.0.1:8106"
    topic_prefix: str = ""
    oidc_issuer: str = "http://127.0.0.1:8108"
    oidc_audience: str = "truce"
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=0, ge=0, le=65535)
    metrics_port: int = Field(default=0, ge=0, le=65535)
    niceness: int = Field(default=0, ge=0, le=19)
    pool_size: int = Field(default=10, ge=1, le=100)
    log_format: Literal["json", "console"] = "json"
    environment: Literal["production", "development", "test"] = "production"

    @field_validator("postgres_dsn")
    @classmethod
    def _a_postgresql_address(cls, value: SecretStr) -> SecretStr:
        PostgresDsn(value.get_secret_value())
        return value
