"""An incident row as the rest of the world sees it: in events and in answers, one and the same."""

from services.intake.tables import IncidentRow
from shared.contracts.events.incidents import IncidentSnapshot, NearCommunity, Place
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


def snapshot(row: IncidentRow) -> IncidentSnapshot:
    return IncidentSnapshot(
        version=row.version,
        incident_id=row.id,
        state=IncidentState(row.state),
        kind=IncidentKind(row.kind),
        occurred_at=row.occurred_at,
        occurred_precision=TimePrecision(row.occurred_precision),
        reported_at=row.reported_at,
        opened_at=row.opened_at,
        activated_at=row.activated_at,
        place=Place(lat=row.lat, lon=row.lon, accuracy_m=row.accuracy_m),
        community=_community(row),
        ward=row.ward,
        cluster=row.cluster,
        injured=row.injured,
        killed=row.killed,
        weapon=Weapon(row.weapon),
        relationship=Relationship(row.relationship),
        juvenile_involved=row.juvenile_involved,
        believed_group_related=row.believed_group_related,
        active_threat=row.active_threat,
        exercise=row.exercise,
        screened_out_reason=None if row.screened_out_reason is None else ScreenedOutReason(row.screened_out_reason),
        route=row.route,
        report_count=row.report_count,
        sources=tuple(SourceKind(source) for source in row.sources),
        verification=Verification(row.verification),
        rumour=row.rumour,
        scene_status=SceneStatus(row.scene_status),
        restricted=row.restricted,
        merged_into=row.merged_into,
    )


def _community(row: IncidentRow) -> NearCommunity | None:
    if row.community is None or row.community_name is None or row.community_distance_m is None:
        return None
    return NearCommunity(area_id=row.community, name=row.community_name, distance_m=row.community_distance_m)
