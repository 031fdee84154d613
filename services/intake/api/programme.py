"""`GET /v1/programme`: what a feed must know of the programme before it can report: its place and time zone."""

from fastapi import APIRouter
from pydantic import BaseModel

from services.intake.api.parameters import InForceNow, OfficeOrSource
from shared.web.strict_json import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["programme"])


class Bounds(BaseModel):
    """WGS84 degrees; a report from outside is refused."""

    south: float
    west: float
    north: float
    east: float


class ProgrammeShown(BaseModel):
    id: str
    name: str
    version: int
    time_zone: str
    bounds: Bounds


@router.get("/v1/programme")
async def show_programme(_: OfficeOrSource, in_force: InForceNow) -> ProgrammeShown:
    """The programme in force."""
    programme, city = in_force.programme, in_force.programme.city
    return ProgrammeShown(
        id=programme.programme_id,
        name=programme.name,
        version=in_force.version,
        time_zone=city.zone.key,
        bounds=Bounds(south=city.south, west=city.west, north=city.north, east=city.east),
    )
