"""Who may look and who may act."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from shared.auth.guards import allow
from shared.auth.principal import Principal, Role

PREFIX = "/v1/operations"
Reader = Annotated[Principal, allow(Role.ADMIN, Role.AUDITOR)]
Admin = Annotated[Principal, allow(Role.ADMIN)]


class Strict(BaseModel):
    """A request's body: nothing that is not known."""

    model_config = ConfigDict(extra="forbid")


class Counted(BaseModel):
    """How many rows it concerned."""

    count: int
