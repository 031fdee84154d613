"""Events of `intake.incidents`: one critical incident from its first report to its end."""

from typing import Annotated

from shared.contracts.event import Event, Part, Snapshot
from shared.contracts.fields import (
    P1,
    AreaId,
    Code,
    Count,
    Flag,
    Instant,
    Latitude,
    Longitude,
    Metres,
    OpaqueId,
    PublicName,
)
from shared.contracts.topics import INCIDENTS
from shared.kernel.vocabulary import (
    IncidentKind,
    IncidentState,
    Relationship,
    SceneStatus,
    ScreenedOutReason,
    SourceKind,
    TimePrecision,
    Verification,
    Weapon,
)


class Place(Part):
    """Where it happened, as reported; a police feed gives block midpoints."""

    lat: Latitude
    lon: Longitude
    accuracy_m: Metres | None = None


class NearCommunity(Part):
    """The community it belongs to. `distance_m` is 0 inside it, else how far outside (nearest within the limit)."""

    area_id: AreaId
    name: PublicName
    distance_m: Metres


class IncidentSnapshot(Snapshot):
    """`restricted`: named roles only may see that it exists, wherever it goes. `merged_into`: the incident that it
    turned out to be.
    """

    incident_id: OpaqueId
    state: Annotated[IncidentState, P1]
    kind: Annotated[IncidentKind, P1]
    occurred_at: Instant
    occurred_precision: Annotated[TimePrecision, P1]
    reported_at: Instant
    opened_at: Instant
    activated_at: Instant | None = None
    place: Place
    community: NearCommunity | None = None
    ward: AreaId | None = None
    cluster: AreaId | None = None
    injured: Count | None = None
    killed: Count | None = None
    weapon: Annotated[Weapon, P1]
    relationship: Annotated[Relationship, P1]
    juvenile_involved: Flag | None = None
    believed_group_related: Flag | None = None
    active_threat: Flag
    exercise: Flag
    screened_out_reason: Annotated[ScreenedOutReason, P1] | None = None
    route: Code | None = None
    report_count: Count
    sources: tuple[Annotated[SourceKind, P1], ...]
    verification: Annotated[Verification, P1] | None = None
    rumour: Flag = False
    scene_status: Annotated[SceneStatus, P1] | None = None
    restricted: Flag = False
    merged_into: OpaqueId | None = None


class IncidentEvent(Event):
    TOPIC = INCIDENTS

    incident: IncidentSnapshot

    @property
    def root(self) -> str:
        return str(self.incident.incident_id)

    @property
    def root_version(self) -> int:
        return self.incident.version


class IncidentOpened(IncidentEvent):
    TYPE = "truce.intake.incident.opened.v1"
    SCHEMA = 2
    report_id: OpaqueId
    source: Annotated[SourceKind, P1]
    split_from: OpaqueId | None = None


class IncidentCorroborated(IncidentEvent):
    """Another report of the same incident came in; the snapshot holds what it added.

    `active_threat_said`: this very report speaks of a threat, whatever was known before.
    """

    TYPE = "truce.intake.incident.corroborated.v1"
    SCHEMA = 3
    report_id: OpaqueId
    source: Annotated[SourceKind, P1]
    active_threat_said: Flag | None = None


class IncidentVerified(IncidentEvent):
    TYPE = "truce.intake.incident.verified.v1"
    SCHEMA = 2


class IncidentActivated(IncidentEvent):
    """The programme responds: every response time is measured from `incident.activated_at`."""

    TYPE = "truce.intake.incident.activated.v1"
    SCHEMA = 2
    by_policy: Flag


class IncidentReclassified(IncidentEvent):
    TYPE = "truce.intake.incident.reclassified.v1"
    SCHEMA = 2
    was_kind: Annotated[IncidentKind, P1]


class IncidentScreenedOut(IncidentEvent):
    TYPE = "truce.intake.incident.screened_out.v1"
    SCHEMA = 2
    was_state: Annotated[IncidentState, P1]


class IncidentRelocated(IncidentEvent):
    """It belongs elsewhere than was thought. `by_areas`: the areas changed, the point did not."""

    TYPE = "truce.intake.incident.relocated.v1"
    was_community: AreaId | None = None
    was_ward: AreaId | None = None
    was_cluster: AreaId | None = None
    by_areas: Flag = False


class IncidentSceneUpdated(IncidentEvent):
    TYPE = "truce.intake.incident.scene_updated.v1"
    was_scene_status: Annotated[SceneStatus, P1]


class IncidentRumourMarked(IncidentEvent):
    """A person said that it may be talk and nothing more, or, with `incident.rumour` false, that it is not."""

    TYPE = "truce.intake.incident.rumour_marked.v1"


class IncidentVisibilityChanged(IncidentEvent):
    """From now on `incident.restricted` says who may see it."""

    TYPE = "truce.intake.incident.visibility_changed.v1"


class IncidentMerged(IncidentEvent):
    """It is the same as `incident.merged_into`, which goes on with its reports; it itself has ended."""

    TYPE = "truce.intake.incident.merged.v1"
    was_state: Annotated[IncidentState, P1]


class IncidentSplit(IncidentEvent):
    """Some of its reports tell of another incident, `into`: a new one, or one that was merged into it by mistake."""

    TYPE = "truce.intake.incident.split.v1"
    into: OpaqueId


class IncidentReopened(IncidentEvent):
    """It goes on after it was closed, screened out, or merged away by mistake; `incident.state` says as what."""

    TYPE = "truce.intake.incident.reopened.v1"
    was_state: Annotated[IncidentState, P1]


class IncidentClosed(IncidentEvent):
    TYPE = "truce.intake.incident.closed.v1"
    SCHEMA = 2


EVENTS: tuple[type[IncidentEvent], ...] = (
    IncidentOpened,
    IncidentCorroborated,
    IncidentVerified,
    IncidentActivated,
    IncidentReclassified,
    IncidentRelocated,
    IncidentSceneUpdated,
    IncidentRumourMarked,
    IncidentVisibilityChanged,
    IncidentScreenedOut,
    IncidentMerged,
    IncidentSplit,
    IncidentReopened,
    IncidentClosed,
)
