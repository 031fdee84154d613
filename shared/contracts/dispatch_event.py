"""What all events of `alerts.dispatches` have: the dispatch as it stands after the change."""

from shared.contracts.dispatch_snapshot import DispatchSnapshot
from shared.contracts.event import Event
from shared.contracts.fields import OpaqueId
from shared.contracts.topics import DISPATCHES


class DispatchEvent(Event):
    TOPIC = DISPATCHES
    SCHEMA = 2

    dispatch: DispatchSnapshot

    @property
    def root(self) -> str:
        return str(self.dispatch.incident_id)

    @property
    def root_version(self) -> int:
        return self.dispatch.version


class OfferEvent(DispatchEvent):
    offer_id: OpaqueId


class AssignmentEvent(DispatchEvent):
    assignment_id: OpaqueId
