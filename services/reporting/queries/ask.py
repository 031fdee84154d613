"""Ask for a number: its rows and its total from one statement, so that they are of one moment and agree."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.reporting.domain.milestones import share
from services.reporting.domain.question import Question
from services.reporting.queries.sources import SOURCES
from services.reporting.tables import ProgrammeRow
from shared.kernel.errors import FieldError, Invalid
from shared.persistence.transaction import Row, Transaction

MAX_ROWS = 5000
Number = int | float | None


@dataclass(frozen=True)
class Group:
    by: dict[str, str | None]
    values: dict[str, Number]


@dataclass(frozen=True)
class Answer:
    rows: list[Group]
    total: dict[str, Number]


async def ask(tx: Transaction, question: Question, programme: ProgrammeRow) -> Answer:
    """Raises Invalid if it would take more than MAX_ROWS rows to answer."""
    found = await tx.rows(_statement(question), **_parameters(question, programme))
    if len(found) > MAX_ROWS:
        raise Invalid(FieldError("#query/by", f"gives more than {MAX_ROWS} rows: ask for a shorter period"))
    groups = [_group(question, row) for row in found if not row["is_total"]]
    total = next(_values(question, row) for row in found if row["is_total"])
    return Answer(groups, total)


def _statement(question: Question) -> str:
    source, dimensions = SOURCES[question.kpi.id], ", ".join(question.by)
    named = f"{dimensions}, GROUPING({dimensions}) > 0 AS is_total" if dimensions else "true AS is_total"
    grouping = f"GROUP BY GROUPING SETS (({dimensions}), ()) ORDER BY is_total DESC, {dimensions}" if dimensions else ""
    return f"""
WITH facts AS (
    SELECT *, CAST(timezone(CAST(:zone AS text), at) AS date) AS day FROM ({source.rows}) source {_where(question)}
)
SELECT {named}, {source.measures} FROM facts {grouping} LIMIT {MAX_ROWS + 1}
"""  # noqa: S608 - made of constants of our own; what was asked for goes in as parameters


def _where(question: Question) -> str:
    conditions = []
    if question.period is not None:
        conditions += [
            "at >= timezone(CAST(:zone AS text), CAST(CAST(:first_day AS date) AS timestamp))",
            "at < timezone(CAST(:zone AS text), CAST(CAST(:last_day AS date) + 1 AS timestamp))",
        ]
    if question.area is not None:
        conditions.append(f"{question.area.kind} = CAST(:area AS text)")
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def _parameters(question: Question, programme: ProgrammeRow) -> dict[str, Any]:
    parameters: dict[str, Any] = {"zone": programme.time_zone}
    if question.period is not None:
        parameters |= {"first_day": question.period.first_day, "last_day": question.period.last_day}
    if question.area is not None:
        parameters["area"] = question.area.area_id
    if question.kpi.milestone is not None:
        parameters["target_s"] = programme.targets_s.get(question.kpi.milestone)
    return parameters


def _group(question: Question, row: Row) -> Group:
    keys = {name: None if row[name] is None else str(row[name]) for name in question.by}
    return Group(keys, _values(question, row))


def _values(question: Question, row: Row) -> dict[str, Number]:
    values = {name: _number(row[name]) for name in question.kpi.measures if name in row}
    if question.kpi.milestone is not None:
        values |= _target_share(row)
    return values


def _target_share(row: Row) -> dict[str, Number]:
    """Without a target nothing is within it, and nothing outside."""
    if row["target_s"] is None:
        return {"within_target": None, "share_within_target": None}
    return {"share_within_target": share(row["within_target"], row["n"] + row["missing"])}


def _number(value: Decimal | float | None) -> Number:
    """Sums come as decimals; times are shown in milliseconds."""
    if isinstance(value, Decimal):
        return int(value)
    return round(value, 3) if isinstance(value, float) else value
