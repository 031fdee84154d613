"""Say how the scene is, as a person at the desk knows it.

Said again it is published again: the scene itself may have told the dispatch otherwise in between, and the newest word
counts.
"""

from uuid import UUID

from services.intake.domain import incident as states
from services.intake.domain.facts import threat_at
from services.intake.queries.incidents import lock_incident
from services.intake.queries.snapshots import snapshot
from services.intake.usecases.decided import Decider, allowed, record_decision, standing
from shared.contracts.events.incidents import IncidentSceneUpdated, IncidentSnapshot
from shared.kernel.vocabulary import IncidentState, SceneStatus
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def update_scene(tx: Transaction, incident_id: UUID, status: SceneStatus, decider: Decider) -> IncidentSnapshot:
    row = await lock_incident(tx, incident_id)
    allowed(states.correct(IncidentState(row.state)), states.CORRECT_THE_OTHER)
    was, was_status = standing(row), SceneStatus(row.scene_status)
    row.scene_status, row.active_threat = status, threat_at(status, known=row.active_threat)
    row.version += 1
    after = snapshot(row)
    await record_decision(tx, row, was, "update_scene", decider)
    await publish(tx, IncidentSceneUpdated(at=await tx.now(), incident=after, was_scene_status=was_status))
    return after
