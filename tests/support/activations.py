"""An incident that has just been activated, as intake tells it. Everything but place and time is of no interest."""

from datetime import datetime

from shared.contracts.events.incidents import IncidentActivated, IncidentSnapshot, NearCommunity, Place
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import IncidentKind, IncidentState, Relationship, SourceKind, TimePrecision, Weapon


def activated(at: datetime, *, community: str, lat: float, lon: float, exercise: bool = False) -> IncidentActivated:
    snapshot = IncidentSnapshot(
        version=2,
        incident_id=new_id(),
        state=IncidentState.ACTIVATED,
        kind=IncidentKind.SHOOTING,
        occurred_at=at,
        occurred_precision=TimePrecision.MINUTE,
        reported_at=at,
        opened_at=at,
        activated_at=at,
        place=Place(lat=lat, lon=lon),
        community=NearCommunity(area_id=community, name=community.title(), distance_m=0),
        weapon=Weapon.FIREARM,
        relationship=Relationship.GROUP,
        active_threat=False,
        exercise=exercise,
        report_count=1,
        sources=(SourceKind.POLICE,),
    )
    return IncidentActivated(at=at, incident=snapshot, by_policy=True)
