"""Keeps what casework needs to know of an activated incident, and judges each newer snapshot by the rules.

Without a programme nothing is decided and nothing is lost: the incident waits unjudged, an alarm stands, and loading
a programme judges it. No point and no free text is kept.
"""

from services.casework.queries.rules import rules_in_force
from services.casework.usecases.judge_incident import judge_incident
from services.casework.usecases.load_programme import NO_PROGRAMME
from shared.contracts.events.incidents import IncidentEvent
from shared.messaging.alarms import raise_alarm
from shared.persistence.transaction import Transaction

_STORE = """
INSERT INTO incidents AS i (incident_id, version, state, kind, community, juvenile_involved, believed_group_related,
    exercise, restricted, merged_into, activated_at, changed_at)
SELECT :incident_id, :version, :state, :kind, :community, :juvenile_involved, :believed_group_related,
    :exercise, :restricted, :merged_into, known.activated_at, :changed_at
FROM (SELECT coalesce(CAST(:activated_at AS timestamptz),
                      (SELECT activated_at FROM incidents WHERE incident_id = :incident_id))) AS known (activated_at)
WHERE known.activated_at IS NOT NULL
ON CONFLICT (incident_id) DO UPDATE SET version = EXCLUDED.version,
    state = EXCLUDED.state, kind = EXCLUDED.kind, community = EXCLUDED.community,
    juvenile_involved = EXCLUDED.juvenile_involved,
    believed_group_related = EXCLUDED.believed_group_related, exercise = EXCLUDED.exercise,
    restricted = EXCLUDED.restricted, merged_into = EXCLUDED.merged_into,
    activated_at = EXCLUDED.activated_at, changed_at = EXCLUDED.changed_at
WHERE i.version < EXCLUDED.version
"""


async def follow_incident(tx: Transaction, event: IncidentEvent) -> None:
    """An incident that was never activated is no concern of casework, one that is so no more still is; a snapshot older
    than the known one is none.
    """
    incident = event.incident
    in_force = await rules_in_force(tx)  # before the incident's row, as a load takes them
    stored = await tx.run(
        _STORE,
        incident_id=incident.incident_id,
        version=incident.version,
        state=incident.state,
        kind=incident.kind,
        community=incident.community.area_id if incident.community else None,
        juvenile_involved=incident.juvenile_involved,
        believed_group_related=incident.believed_group_related,
        exercise=incident.exercise,
        restricted=incident.restricted,
        merged_into=incident.merged_into,
        activated_at=incident.activated_at,
        changed_at=event.at,
    )
    if stored == 0:
        return
    if in_force is None:
        await raise_alarm(tx, **NO_PROGRAMME)
        return
    await judge_incident(tx, incident.incident_id, in_force)
