"""The communities as intake defines and retires them: a projection where the newer version wins."""

from shared.contracts.events.areas import AreaEvent
from shared.kernel.vocabulary import AreaKind
from shared.persistence.transaction import Transaction

_KEEP = """
INSERT INTO communities AS known (area_id, version, name, retired_on) VALUES (:area_id, :version, :name, :retired_on)
ON CONFLICT (area_id) DO UPDATE SET version = EXCLUDED.version, name = EXCLUDED.name, retired_on = EXCLUDED.retired_on
WHERE known.version < EXCLUDED.version
"""


async def project_community(tx: Transaction, event: AreaEvent) -> None:
    """A community that ends stays known by name: what happened there is still shown."""
    area = event.area
    if area.kind is AreaKind.COMMUNITY:
        await tx.run(_KEEP, area_id=area.area_id, version=area.version, name=area.name, retired_on=area.retired_on)
