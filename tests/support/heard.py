"""Whether alerts knows of every incident what intake has made of it: only then does "and nothing happens" mean it."""

from shared.kernel.vocabulary import IncidentState
from shared.persistence.database import Database

_MADE = "SELECT id, version, state FROM incidents"
_HEARD = "SELECT incident_id, incident_version FROM dispatches"


async def alerts_has_heard(intake: Database, alerts: Database) -> bool:
    async with intake.transaction() as tx:
        made = await tx.rows(_MADE)
    async with alerts.transaction() as tx:
        heard = {row["incident_id"]: row["incident_version"] for row in await tx.rows(_HEARD)}
    return all(
        heard[row["id"]] >= row["version"] if row["id"] in heard else row["state"] != IncidentState.ACTIVATED
        for row in made
    )
