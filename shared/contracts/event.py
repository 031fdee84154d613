"""What an event is: a typed fact about one aggregate root, with the root's full snapshot after the change.

Envelope (CloudEvents 1.0, Kafka binary mode) and body are separate: the body is the pydantic model, everything the
transport needs is derived from it here and nowhere else.
"""

from abc import abstractmethod
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.fields import Instant, Version
from shared.contracts.topics import Topic


class Part(BaseModel):
    """A value inside an event. Readers ignore fields they do not know, so that optional ones can be added."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False, ser_json_inf_nan="null")


class Snapshot(Part):
    """The state of an aggregate root after a change. `version` counts its events: 1, 2, 3 …"""

    version: Version


class Event(Part):
    """A fact. `at` is when it happened, on the publishing service's database clock."""

    TYPE: ClassVar[str]
    TOPIC: ClassVar[Topic]
    SCHEMA: ClassVar[int] = 1

    at: Annotated[Instant, Field()]

    @property
    @abstractmethod
    def root(self) -> str:
        """Id of the aggregate root: the record's key, and the scope of its version."""

    @property
    @abstractmethod
    def root_version(self) -> int: ...

    @property
    def publisher(self) -> str:
        """The service that says so."""
        return self.TYPE.split(".")[1]

    @classmethod
    def schema_name(cls) -> str:
        return f"{cls.TYPE}/{cls.SCHEMA}"
