"""The areas that numbers can be limited to."""

from sqlmodel import select

from services.reporting.domain.question import Area
from services.reporting.tables import AreaDimension
from shared.kernel.vocabulary import AreaKind
from shared.persistence.transaction import Transaction


async def areas_called(tx: Transaction, text: str | None) -> list[Area]:
    """Those with the slug of `kind:slug` or `slug`, of any kind."""
    if text is None:
        return []
    slug = text.rpartition(":")[2]
    found = await tx.all(select(AreaDimension).where(AreaDimension.area_id == slug).order_by(AreaDimension.kind))
    return [Area(AreaKind(row.kind), row.area_id) for row in found]
