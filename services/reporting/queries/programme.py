"""The programme's parameters, without which no number can be stated: whose days, and against which targets."""

from services.reporting.tables import ProgrammeRow
from shared.kernel.errors import StateConflict
from shared.persistence.transaction import Transaction


async def the_programme(tx: Transaction) -> ProgrammeRow:
    row = await tx.get(ProgrammeRow, 1)
    if row is None:
        raise StateConflict("No programme is loaded, so local days are not known.", state="no_programme")
    return row
