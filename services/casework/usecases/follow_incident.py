"""Keeps what casework needs to know of an incident, and judges each newer snapshot by the rules.

Without a programme nothing is decided and nothing is lost: the incident waits unjudged, an alarm stands, and loading
a programme judges it. No point and no free text is kept.
"""

from services.casework.queries.rules import rules_in_force
from services.casework.usecases.judge_incident import judge_incident
from services.casework.usecases.load_programme import NO_PROGRAMME
from shared.contracts.events.incidents import IncidentEvent
from shared.kernel.vocabulary import Verification
from shared.messaging.alarms import raise_alarm
from shared.persistence.transaction import Transaction

_STORE = """
INSERT INTO incidents AS i (incident_id, version, state, kind, community, juvenile_involved, believed_group_related,
    exercise, restricted, doubtful, merged_into, occurred_at, activated_at, changed_at)
VALUES (:incident_id, :version, :state, :kind, :community, :juvenile_involved, :believed_group_related,
    :exercise, :restricted, :doubtful, :merged_into, :occurred_at, :activated_at, :changed_at)
ON CONFLICT (incident_id) DO UPDATE SET version = EXCLUDED.version,
    state = EXCLUDED.state, kind = EXCLUDED.kind, community = EXCLUDED.community,
    juvenile_involved = EXCLUDED.juvenile_involved,
    believed_group_related = EXCLUDED.believed_group_related, exercise = EXCLUDED.exercise,
    restricted = EXCLUDED.restricted, doubtful = EXCLUDED.doubtful, merged_into = EXCLUDED.merged_into,
    occurred_at = EXCLUDED.occurred_at, activated_at = coalesce(EXCLUDED.activated_at, i.activated_at),
    changed_at = EXCLUDED.changed_at
WHERE i.version < EXCLUDED.version
"""


async def follow_incident(tx: Transaction, event: IncidentEvent) -> None:
    """A snapshot older than the known one is none."""
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
        doubtful=incident.rumour or incident.verification is Verification.UNVERIFIED,
        merged_into=incident.merged_into,
        occurred_at=incident.occurred_at,
        activated_at=incident.activated_at,
        changed_at=event.at,
    )
    if stored == 0:
        return
    if in_force is None:
        await raise_alarm(tx, **NO_PROGRAMME)
        return
    await judge_incident(tx, incident.incident_id, in_force)
