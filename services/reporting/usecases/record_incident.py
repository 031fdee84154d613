"""One incident's newest state. A reclassified incident is the same row with another kind: its count moves, once."""

from services.reporting.tables import IncidentFact
from services.reporting.usecases.keep_newest import keep_newest, newest_of
from shared.contracts.events.incidents import IncidentEvent, IncidentSnapshot
from shared.persistence.transaction import Transaction


async def record_incident(tx: Transaction, event: IncidentEvent) -> None:
    tx.collect(_write, event.incident)


async def _write(tx: Transaction, incidents: list[IncidentSnapshot]) -> None:
    newest = newest_of(incidents, lambda incident: incident.incident_id)
    await keep_newest(tx, [_fact(incident) for incident in newest])


def _fact(incident: IncidentSnapshot) -> IncidentFact:
    return IncidentFact(
        incident_id=incident.incident_id,
        version=incident.version,
        state=incident.state,
        kind=incident.kind,
        occurred_at=incident.occurred_at,
        occurred_precision=incident.occurred_precision,
        reported_at=incident.reported_at,
        opened_at=incident.opened_at,
        activated_at=incident.activated_at,
        community=incident.community.area_id if incident.community else None,
        ward=incident.ward,
        cluster=incident.cluster,
        injured=incident.injured,
        killed=incident.killed,
        screened_out_reason=incident.screened_out_reason,
        route=incident.route,
        exercise=incident.exercise,
        restricted=incident.restricted,
    )
