"""Events of `intake.areas`: the places the programme works in. Shapes stay with intake; others need names."""

from datetime import date
from typing import Annotated

from shared.contracts.event import Event, Snapshot
from shared.contracts.fields import P0, AreaId, PublicName
from shared.contracts.topics import AREAS
from shared.kernel.vocabulary import AreaKind


class AreaSnapshot(Snapshot):
    """`retired_on`: the first day without it, which may be still to come."""

    area_id: AreaId
    kind: Annotated[AreaKind, P0]
    name: PublicName
    effective_from: Annotated[date, P0]
    retired_on: Annotated[date, P0] | None = None


class AreaEvent(Event):
    TOPIC = AREAS

    area: AreaSnapshot

    @property
    def root(self) -> str:
        return f"{self.area.kind}/{self.area.area_id}"

    @property
    def root_version(self) -> int:
        return self.area.version


class AreaDefined(AreaEvent):
    """It begins, goes on under another name, or is there again."""

    TYPE = "truce.intake.area.defined.v1"
    SCHEMA = 2


class AreaRetired(AreaEvent):
    """From `area.retired_on` nothing belongs to it any more; what belonged to it stays told under its name."""

    TYPE = "truce.intake.area.retired.v1"


EVENTS: tuple[type[AreaEvent], ...] = (AreaDefined, AreaRetired)
