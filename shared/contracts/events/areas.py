"""Events of `intake.areas`: the places the programme works in. Shapes stay with intake; others need names."""

from datetime import date
from typing import Annotated

from shared.contracts.event import Event, Snapshot
from shared.contracts.fields import P0, AreaId, PublicName
from shared.contracts.topics import AREAS
from shared.kernel.vocabulary import AreaKind


class AreaSnapshot(Snapshot):
    area_id: AreaId
    kind: Annotated[AreaKind, P0]
    name: PublicName
    effective_from: Annotated[date, P0]


class AreaDefined(Event):
    TYPE = "truce.intake.area.defined.v1"
    TOPIC = AREAS

    area: AreaSnapshot

    @property
    def root(self) -> str:
        return f"{self.area.kind}/{self.area.area_id}"

    @property
    def root_version(self) -> int:
        return self.area.version


EVENTS: tuple[type[AreaDefined], ...] = (AreaDefined,)
