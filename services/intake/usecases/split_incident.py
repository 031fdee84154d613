"""Split reports off an incident by a person's decision: they tell of another event.

If they are just those of an incident that was merged by mistake, it goes on as what it was; else they are a new one,
judged as if it had just been reported. What remains is derived anew from the reports that remain.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from uuid import UUID

from services.intake.current_programme import InForce
from services.intake.domain.merging import Apart, BringBack, SplitFault, brought_back, divide
from services.intake.queries.incidents import lock_incident
from services.intake.queries.possible_duplicates import tell_apart
from services.intake.queries.snapshots import snapshot
from services.intake.queries.told_reports import Told, file_under, read_parents, read_told
from services.intake.tables import IncidentRow
from services.intake.usecases.apply_policy import judge_anew
from services.intake.usecases.decided import Decider, record_decision, standing
from services.intake.usecases.policy_steps import take_step
from services.intake.usecases.rederive import rederive
from shared.contracts.events.incidents import (
    IncidentOpened,
    IncidentReclassified,
    IncidentReopened,
    IncidentSnapshot,
    IncidentSplit,
)
from shared.kernel.errors import FieldError, Invalid, StateConflict
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import IncidentKind, IncidentState, SceneStatus, Verification
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

_FAULTS = {
    SplitFault.NONE: "names no report",
    SplitFault.NOT_ITS_OWN: "names what is no report of this incident",
    SplitFault.ALL: "would leave the incident without a report",
}
_AS_IT_WAS = """
SELECT before FROM decisions WHERE incident_id = :id AND decision = 'merge' AND after ->> 'state' = 'merged'
ORDER BY version DESC LIMIT 1
"""


async def split_incident(
    tx: Transaction, incident_id: UUID, reports: AbstractSet[UUID], decider: Decider, in_force: InForce
) -> tuple[IncidentSnapshot, IncidentSnapshot]:
    """(what remains, what was split off). Raises NotFound, Invalid, StateConflict."""
    row = await _lock_tree(tx, incident_id)
    if row.state == IncidentState.MERGED:
        raise StateConflict("It is part of another incident: split that one.", state=row.state)
    told = await read_told(tx, row.id)
    homes = {one.report_id: one.home for one in told}
    match divide(reports, homes, await read_parents(tx, row.id)):
        case SplitFault() as fault:
            raise Invalid(FieldError("/reports", _FAULTS[fault]))
        case BringBack(merged_id):
            other = await _bring_back(tx, merged_id, decider, in_force)
        case Apart():
            other = await _open(tx, row, [one for one in told if one.report_id in reports], in_force)
    await _remain(tx, row, other.incident_id, decider, in_force)
    await tell_apart(tx, row.id, other.incident_id, decider.subject, decider.reason)
    return snapshot(row), other


async def _lock_tree(tx: Transaction, incident_id: UUID) -> IncidentRow:
    """In id order, as everybody does who needs several."""
    tree = {incident_id, *await read_parents(tx, incident_id)}
    locked = {one: await lock_incident(tx, one) for one in sorted(tree)}
    return locked[incident_id]


async def _remain(tx: Transaction, row: IncidentRow, into: UUID, decider: Decider, in_force: InForce) -> None:
    was, was_kind, now = standing(row), IncidentKind(row.kind), await tx.now()
    await rederive(tx, row, await read_told(tx, row.id), in_force)
    row.version += 1
    await record_decision(tx, row, was, "split", decider)
    remaining = snapshot(row).model_copy(update={"kind": was_kind})
    await publish(tx, IncidentSplit(at=now, incident=remaining, into=into))
    if row.kind != was_kind:
        row.version += 1
        await publish(tx, IncidentReclassified(at=now, incident=snapshot(row), was_kind=was_kind))


async def _bring_back(tx: Transaction, merged_id: UUID, decider: Decider, in_force: InForce) -> IncidentSnapshot:
    row, now = await lock_incident(tx, merged_id), await tx.now()
    was, earlier = standing(row), (await tx.row(_AS_IT_WAS, id=merged_id))["before"]
    row.merged_into = None
    row.state = brought_back(IncidentState(earlier["state"]), too_old=now > row.activatable_until)
    row.screened_out_reason, row.route = earlier.get("screened_out_reason"), earlier.get("route")
    await rederive(tx, row, await read_told(tx, row.id), in_force)
    row.version += 1
    await record_decision(tx, row, was, "reopen", decider)
    after = snapshot(row)
    await publish(tx, IncidentReopened(at=now, incident=after, was_state=IncidentState.MERGED))
    return after


async def _open(tx: Transaction, origin: IncidentRow, told: Sequence[Told], in_force: InForce) -> IncidentSnapshot:
    first, now = told[0], await tx.now()
    row = _like(origin, first, now, in_force)
    await tx.add(row)
    await file_under(tx, row.id, [one.report_id for one in told])
    await rederive(tx, row, told, in_force)
    opened = IncidentOpened(
        at=now,
        incident=snapshot(row),
        report_id=first.report_id,
        source=first.source_kind,
        split_from=origin.id,
    )
    await publish(tx, opened)
    judged = await judge_anew(tx, row, in_force)
    if judged is not None:
        await take_step(tx, judged)
    return snapshot(row)


def _like(origin: IncidentRow, first: Told, now: datetime, in_force: InForce) -> IncidentRow:
    """What its reports say of it is written over this. It is as restricted as where it came from."""
    fresh = {
        "id": new_id(),
        "version": 1,
        "state": IncidentState.REPORTED,
        "source": first.source,
        "source_ref": None,
        "programme_version": in_force.version,
        "opened_at": now,
        "activated_at": None,
        "obstacles": [],
        "screened_out_reason": None,
        "route": None,
        "verification": Verification.UNVERIFIED,
        "verify_by": now + in_force.programme.unverified_after,
        "rumour": False,
        "brought_back": False,
        "scene_status": SceneStatus.UNKNOWN,
    }
    return IncidentRow(**origin.model_dump() | fresh)
