"""`/v1/area-sets`: the areas through time, as the office and administrators see and load them."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from services.intake.api.parameters import InForceNow
from services.intake.area_files import AreasUnusable, Fault
from services.intake.area_sets import AreaSet
from services.intake.queries.area_sets import list_area_sets
from services.intake.usecases.load_areas import load_areas
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.vocabulary import AreaKind
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/area-sets", route_class=StrictRoute, tags=["areas"])
PATH = router.prefix
MAX_BYTES = 4 * 1024 * 1024
Keeper = Annotated[Principal, allow(Role.PROGRAM_OFFICE, Role.ADMIN)]
Reader = Annotated[Principal, allow(Role.PROGRAM_OFFICE, Role.ADMIN, Role.AUDITOR, Role.SUPERVISOR, Role.DISPATCHER)]


class AreaSetSaid(BaseModel):
    """`collection`: a GeoJSON FeatureCollection whose features carry `id` and `name`."""

    model_config = ConfigDict(extra="forbid")

    kind: AreaKind
    effective_from: date
    collection: dict[str, Any]


class OverlapShown(BaseModel):
    area_ids: tuple[str, str]
    size_m2: float


class AreaSetLoaded(BaseModel):
    """`overlaps`: told, not refused. `defined`, `retired`: how many areas were announced."""

    is_new: bool
    areas: int
    defined: int
    retired: int
    overlaps: list[OverlapShown]


class AreaSetShown(BaseModel):
    """`loaded_by`: nobody where the programme brought it."""

    kind: AreaKind
    effective_from: date
    loaded_at: datetime
    loaded_by: str | None
    areas: int


class AreaSets(BaseModel):
    items: list[AreaSetShown]


@router.get("")
async def list_sets(_: Reader, db: Db) -> AreaSets:
    """Each holds from its day until the next of its kind."""
    async with db.transaction() as tx:
        return AreaSets(items=[AreaSetShown(**row) for row in await list_area_sets(tx)])


@router.post("")
async def load_set(keeper: Keeper, said: AreaSetSaid, in_force: InForceNow, db: Db) -> AreaSetLoaded:
    """In the place of a set of the same kind and day; the same again changes nothing. At most 4 MiB."""
    asked, city = AreaSet(said.kind, said.effective_from, said.collection), in_force.programme.city
    async with db.transaction() as tx:
        try:
            loaded = await load_areas(tx, asked, city, "collection", by=keeper.subject)
        except AreasUnusable as unusable:
            raise Invalid(*(_field_error(fault) for fault in unusable.faults)) from None
    return AreaSetLoaded.model_validate(loaded, from_attributes=True)


def _field_error(fault: Fault) -> FieldError:
    place = "" if fault.feature is None else f"/features/{fault.feature}"
    return FieldError(f"/collection{place}", fault.text)
