"""Events of `alerts.organizations`: contractors and what they cover."""

from datetime import date
from typing import Annotated

from shared.contracts.event import Event, Part, Snapshot
from shared.contracts.fields import P0, AreaId, OpaqueId, PublicName
from shared.contracts.topics import ORGANIZATIONS


class Coverage(Part):
    """The organization works in this community from a day on, until another (exclusive) or until told otherwise."""

    community: AreaId
    from_day: Annotated[date, P0]
    until_day: Annotated[date, P0] | None = None


class OrganizationSnapshot(Snapshot):
    organization_id: OpaqueId
    name: PublicName
    subcontractor_of: OpaqueId | None = None
    coverage: tuple[Coverage, ...] = ()


class OrganizationEvent(Event):
    TOPIC = ORGANIZATIONS

    organization: OrganizationSnapshot

    @property
    def root(self) -> str:
        return str(self.organization.organization_id)

    @property
    def root_version(self) -> int:
        return self.organization.version


class OrganizationRegistered(OrganizationEvent):
    TYPE = "truce.alerts.organization.registered.v1"


class OrganizationChanged(OrganizationEvent):
    TYPE = "truce.alerts.organization.changed.v1"


EVENTS: tuple[type[OrganizationEvent], ...] = (OrganizationRegistered, OrganizationChanged)
