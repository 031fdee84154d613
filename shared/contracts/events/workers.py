"""Events of `alerts.workers`: who may be asked for what. Never a position, never a contact, never a name, and nothing
of shifts, safety holds and conflicts of interest.
"""

from datetime import date
from typing import Annotated

from shared.contracts.event import Event, Part, Snapshot
from shared.contracts.fields import P1, AreaId, CallSign, Flag, LanguageTag, OpaqueId
from shared.contracts.topics import WORKERS
from shared.kernel.vocabulary import DispatchRole, Employment


class Licence(Part):
    """Standing in a community from a day on, until another (exclusive) or until revoked."""

    community: AreaId
    from_day: Annotated[date, P1]
    until_day: Annotated[date, P1] | None = None


class WorkerSnapshot(Snapshot):
    worker_id: OpaqueId
    organization_id: OpaqueId
    call_sign: CallSign
    roles: tuple[Annotated[DispatchRole, P1], ...]
    team_community: AreaId | None = None
    floater: Flag
    active: Flag
    on_duty: Flag
    licences: tuple[Licence, ...] = ()
    languages: tuple[LanguageTag, ...] = ()
    employment: Annotated[Employment, P1] | None = None


class WorkerEvent(Event):
    TOPIC = WORKERS
    SCHEMA = 2

    worker: WorkerSnapshot

    @property
    def root(self) -> str:
        return str(self.worker.worker_id)

    @property
    def root_version(self) -> int:
        return self.worker.version


class WorkerRegistered(WorkerEvent):
    TYPE = "truce.alerts.worker.registered.v1"


class WorkerChanged(WorkerEvent):
    TYPE = "truce.alerts.worker.changed.v1"


class WorkerDutyChanged(WorkerEvent):
    TYPE = "truce.alerts.worker.duty_changed.v1"


EVENTS: tuple[type[WorkerEvent], ...] = (WorkerRegistered, WorkerChanged, WorkerDutyChanged)
