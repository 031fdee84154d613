"""The names of the communities, as intake defines them: a projection where the newer version wins."""

from shared.contracts.events.areas import AreaDefined
from shared.kernel.vocabulary import AreaKind
from shared.persistence.transaction import Transaction

_DEFINE = """
INSERT INTO communities AS known (area_id, version, name) VALUES (:area_id, :version, :name)
ON CONFLICT (area_id) DO UPDATE SET version = EXCLUDED.version, name = EXCLUDED.name
WHERE known.version < EXCLUDED.version
"""


async def define_community(tx: Transaction, event: AreaDefined) -> None:
    area = event.area
    if area.kind is AreaKind.COMMUNITY:
        await tx.run(_DEFINE, area_id=area.area_id, version=area.version, name=area.name)
