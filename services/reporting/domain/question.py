"""A question to the catalogue, checked against what the asked-for number can answer."""

from collections.abc import Collection
from dataclasses import dataclass

from services.reporting.domain.catalogue import KPIS, Kpi
from services.reporting.domain.period import FORMS, NotAPeriod, Period, read_period
from shared.kernel.errors import FieldError, Invalid, NotFound
from shared.kernel.vocabulary import AreaKind


@dataclass(frozen=True)
class Area:
    kind: AreaKind
    area_id: str


@dataclass(frozen=True)
class Question:
    """`period` None: all there is. `area` None: everywhere, also outside every area."""

    kpi: Kpi
    by: tuple[str, ...]
    period: Period | None
    area: Area | None


def find_kpi(kpi_id: str) -> Kpi:
    kpi = KPIS.get(kpi_id)
    if kpi is None:
        raise NotFound(f"There is no such KPI. There are: {', '.join(KPIS)}.")
    return kpi


def read_by(kpi: Kpi, text: str | None) -> tuple[str, ...]:
    """Dimensions in the order asked for. Raises Invalid for one that the KPI does not have, or has twice."""
    names = tuple(text.split(",")) if text is not None else ()
    if len(set(names)) != len(names) or not set(names) <= set(kpi.dimensions):
        raise Invalid(FieldError("#query/by", f"is a list, without repeats, out of: {', '.join(kpi.dimensions)}"))
    return names


def read_when(text: str | None) -> Period | None:
    try:
        return read_period(text) if text is not None else None
    except NotAPeriod:
        raise Invalid(FieldError("#query/period", f"is {FORMS}")) from None


def choose_area(kpi: Kpi, text: str | None, known: Collection[Area]) -> Area | None:
    """`known`: the areas that have this slug. Raises Invalid where there is none, or more than one to choose from."""
    if text is None:
        return None
    if not kpi.area_kinds:
        raise Invalid(FieldError("#query/area", "is not accepted: this KPI knows no places"))
    kind, _, _ = text.rpartition(":")
    fitting = [area for area in known if area.kind in kpi.area_kinds and kind in ("", area.kind)]
    if len(fitting) > 1:
        spelled = ", ".join(f"{area.kind}:{area.area_id}" for area in fitting)
        raise Invalid(FieldError("#query/area", f"is ambiguous: one of {spelled}"))
    if not fitting:
        kinds = ", ".join(kpi.area_kinds)
        raise Invalid(FieldError("#query/area", f"is no known area: kind:slug or slug, kind one of {kinds}"))
    return fitting[0]
