"""`/v1/kpis`: the catalogue, and each number on its own. Internal and unsuppressed: for the programme's own people."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from services.reporting.domain.catalogue import KPIS, Kpi
from services.reporting.domain.question import Question, choose_area, find_kpi, read_by, read_when
from services.reporting.queries.areas import areas_called
from services.reporting.queries.as_of import AsOf, freeze, read_as_of
from services.reporting.queries.ask import Answer, ask
from services.reporting.queries.labels import labels_of
from services.reporting.queries.programme import the_programme
from services.reporting.tables import ProgrammeRow
from shared.auth.guards import allow
from shared.auth.principal import Principal, Role
from shared.web.database import Db
from shared.web.strict_json import StrictRoute

router = APIRouter(prefix="/v1/kpis", tags=["kpis"], route_class=StrictRoute)
Reader = Annotated[
    Principal,
    allow(Role.PROGRAM_OFFICE, Role.ANALYST, Role.AUDITOR, Role.SUPERVISOR, Role.DISPATCHER, Role.ADMIN),
]
Numbers = dict[str, int | float | None]


class KpiDefinition(BaseModel):
    id: str
    title: str
    unit: str
    definition: str
    definition_version: int
    dimensions: list[str]
    area_kinds: list[str]
    measures: list[str]

    @classmethod
    def of(cls, kpi: Kpi) -> "KpiDefinition":
        return cls(
            id=kpi.id,
            title=kpi.title,
            unit=kpi.unit,
            definition=kpi.definition,
            definition_version=kpi.version,
            dimensions=list(kpi.dimensions),
            area_kinds=[kind.value for kind in kpi.area_kinds],
            measures=list(kpi.measures),
        )


class KpiList(BaseModel):
    items: list[KpiDefinition]


class KpiRow(BaseModel):
    """`by`: the value of each dimension asked for; null where it is not known or there is none."""

    by: dict[str, str | None]
    values: Numbers


class Positions(BaseModel):
    """`positions`: topic → next offset of each partition; every record before them is in the number."""

    last_event_at: datetime | None
    positions: dict[str, list[int]]


class KpiAnswer(BaseModel):
    """`labels`: dimension → value → name, for dimensions whose values are ids."""

    kpi: KpiDefinition
    area: str | None
    first_day: date | None
    last_day: date | None
    time_zone: str
    by: list[str]
    rows: list[KpiRow]
    total: Numbers
    labels: dict[str, dict[str, str]]
    as_of: Positions


class KpiQuery(BaseModel):
    """An unknown parameter is refused: a misspelled one would give another number than was meant."""

    model_config = ConfigDict(extra="forbid")

    area: str | None = Field(default=None, pattern=r"^([a-z]{1,20}:)?[a-z0-9][a-z0-9-]{0,63}$")
    period: str | None = Field(default=None, pattern=r"^[0-9.-]{7,22}$")
    by: str | None = Field(default=None, pattern=r"^[a-z_,]{1,120}$")


@router.get("")
async def list_kpis(_: Reader) -> KpiList:
    return KpiList(items=[KpiDefinition.of(kpi) for kpi in KPIS.values()])


@router.get("/{kpi}")
async def read_kpi(
    kpi: Annotated[str, Path(pattern=r"^[a-z_]{1,64}$")], query: Annotated[KpiQuery, Query()], _: Reader, db: Db
) -> KpiAnswer:
    found = find_kpi(kpi)
    by, period = read_by(found, query.by), read_when(query.period)
    async with db.transaction() as tx:
        await freeze(tx)
        area = choose_area(found, query.area, await areas_called(tx, query.area))
        question, programme = Question(found, by, period, area), await the_programme(tx)
        answer, labels = await ask(tx, question, programme), await labels_of(tx, question.by)
        return _present(question, programme, answer, labels, await read_as_of(tx))


def _present(
    question: Question, programme: ProgrammeRow, answer: Answer, labels: dict[str, dict[str, str]], as_of: AsOf
) -> KpiAnswer:
    return KpiAnswer(
        kpi=KpiDefinition.of(question.kpi),
        area=f"{question.area.kind}:{question.area.area_id}" if question.area else None,
        first_day=question.period.first_day if question.period else None,
        last_day=question.period.last_day if question.period else None,
        time_zone=programme.time_zone,
        by=list(question.by),
        rows=[KpiRow(by=row.by, values=row.values) for row in answer.rows],
        total=answer.total,
        labels=labels,
        as_of=Positions(last_event_at=as_of.last_event_at, positions=as_of.positions),
    )
