"""How an interrupter is shown: where somebody is, is shown to few."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from services.alerts.api.places import PlaceBody
from services.alerts.api.terms import TermBody
from services.alerts.domain.terms import Term
from services.alerts.domain.visibility import Viewer, may_hold, may_know_exposure, sees_whereabouts
from services.alerts.queries.exposure import RestSuggested, rests_suggested
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
    """`whereabouts`, `held` (on a safety hold) and `rest_suggested` (lately) are null for a caller who may not know
    them.
    """

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
    rest_suggested: RestSuggested | None
    whereabouts: WhereaboutsView | None

    @classmethod
    def of(
        cls, row: InterrupterRow, licences: tuple[Term, ...], rest: RestSuggested | None, viewer: Viewer
    ) -> "InterrupterView":
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
            rest_suggested=rest if may_know_exposure(viewer, whose(row)) else None,
            whereabouts=_whereabouts(row) if sees_whereabouts(viewer, whose(row)) else None,
        )


class PositionKept(BaseModel):
    """`kept` is false when a newer position was known already."""

    kept: bool


async def view_interrupter(tx: Transaction, row: InterrupterRow, viewer: Viewer) -> InterrupterView:
    [view] = await view_interrupters(tx, [row], viewer)
    return view


async def view_interrupters(tx: Transaction, rows: Sequence[InterrupterRow], viewer: Viewer) -> list[InterrupterView]:
    ids = [row.id for row in rows]
    licences, rests = await licences_of(tx, ids), await rests_suggested(tx, ids)
    return [InterrupterView.of(row, licences[row.id], rests.get(row.id), viewer) for row in rows]


def _whereabouts(row: InterrupterRow) -> WhereaboutsView:
    home = PlaceBody(lat=row.home_lat, lon=row.home_lon)
    if row.position_lat is None or row.position_lon is None or row.position_at is None:
        return WhereaboutsView(home=home, position=None)
    position = PositionView(lat=row.position_lat, lon=row.position_lon, at=row.position_at)
    return WhereaboutsView(home=home, position=position)
