"""How an interrupter is shown: where somebody is, is shown to few."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from services.alerts.api.places import PlaceBody
from services.alerts.api.terms import TermBody
from services.alerts.domain.terms import Term
from services.alerts.domain.visibility import Viewer, may_hold, sees_whereabouts
from services.alerts.queries.licences import licences_of
from services.alerts.queries.workers import whose
from services.alerts.tables import InterrupterRow
from shared.kernel.vocabulary import DispatchRole, Employment
from shared.persistence.transaction import Transaction


class PositionView(BaseModel):
    lat: float
    lon: float
    at: AwareDatetime


class WhereaboutsView(BaseModel):
    home: PlaceBody
    position: PositionView | None


class InterrupterView(BaseModel):
    """`whereabouts` and `held` (on a safety hold) are null for a caller who may not know them."""

    id: UUID
    version: int
    organization_id: UUID
    call_sign: str
    roles: list[DispatchRole]
    team_community: str | None
    floater: bool
    active: bool
    on_duty: bool
    available_since: datetime
    licences: list[TermBody]
    languages: list[str]
    employment: Employment
    weekly_hours: int | None
    held: bool | None
    whereabouts: WhereaboutsView | None

    @classmethod
    def of(cls, row: InterrupterRow, licences: tuple[Term, ...], viewer: Viewer) -> "InterrupterView":
        return cls(
            id=row.id,
            version=row.version,
            organization_id=row.organization_id,
            call_sign=row.call_sign,
            roles=[DispatchRole(role) for role in row.roles],
            team_community=row.team_community,
            floater=row.floater,
            active=row.active,
            on_duty=row.on_duty,
            available_since=row.available_since,
            licences=[TermBody.of(term) for term in licences],
            languages=list(row.languages),
            employment=Employment(row.employment),
            weekly_hours=row.weekly_hours,
            held=row.held if may_hold(viewer, whose(row)) else None,
            whereabouts=_whereabouts(row) if sees_whereabouts(viewer, whose(row)) else None,
        )


class PositionKept(BaseModel):
    """`kept` is false when a newer position was known already."""

    kept: bool


async def view_interrupter(tx: Transaction, row: InterrupterRow, viewer: Viewer) -> InterrupterView:
    return InterrupterView.of(row, (await licences_of(tx, [row.id]))[row.id], viewer)


def _whereabouts(row: InterrupterRow) -> WhereaboutsView:
    home = PlaceBody(lat=row.home_lat, lon=row.home_lon)
    if row.position_lat is None or row.position_lon is None or row.position_at is None:
        return WhereaboutsView(home=home, position=None)
    position = PositionView(lat=row.position_lat, lon=row.position_lon, at=row.position_at)
    return WhereaboutsView(home=home, position=position)
