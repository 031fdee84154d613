"""Merge an incident into another by a person's decision: it was the same event, which goes on with its reports.

Whatever the merged one had, the survivor has: its facts, its voices, its restriction, and its response. So nobody who
was on the way is stood down without somebody being asked for the survivor.
"""

from uuid import UUID

from services.intake.current_programme import InForce
from services.intake.domain.merging import MergeFault, Side, fault_of_merging
from services.intake.queries.incidents import lock_trees
from services.intake.queries.possible_duplicates import inherit, settle
from services.intake.queries.snapshots import snapshot
from services.intake.queries.told_reports import read_told
from services.intake.tables import IncidentRow
from services.intake.usecases.add_facts import Addition, add_facts, facts_of
from services.intake.usecases.apply_policy import judge_anew
from services.intake.usecases.change_visibility import share_visibility
from services.intake.usecases.decided import Decider, OtherSide, record_decision, standing
from services.intake.usecases.take_over import share_response, share_standing
from services.intake.usecases.weigh_sources import weigh_sources
from shared.contracts.events.incidents import IncidentActivated, IncidentMerged, IncidentSnapshot
from shared.kernel.errors import FieldError, Invalid, StateConflict
from shared.kernel.vocabulary import IncidentState, SceneStatus, SourceKind
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

_REAL_FOR_A_DRILL = "is real, and the one to be merged is a drill"
_NOT_NOW = {
    MergeFault.MERGED_ALREADY: "It is part of another incident already.",
    MergeFault.INTO_MERGED: "That one is part of another incident: merge into the one that goes on.",
    MergeFault.RESPONSE_WOULD_END: "Its response would be lost: merge the other one into it.",
}


async def merge_incidents(
    tx: Transaction, incident_id: UUID, into: UUID, decider: Decider, in_force: InForce
) -> IncidentSnapshot:
    """The survivor. Raises NotFound, Invalid, StateConflict."""
    locked = await lock_trees(tx, incident_id, into)
    row, survivor = locked[incident_id], locked[into]
    _refuse(row, survivor)
    await share_visibility(tx, locked.values(), decider)
    was, survivor_was = standing(row), standing(survivor)
    await _end(tx, row, survivor)
    await record_decision(tx, row, was, "merge", decider, other=OtherSide(survivor.id))
    await settle(tx, row.id, survivor.id, "merged", decider.subject, decider.reason)
    await inherit(tx, row.id, survivor.id)
    await _take_over(tx, row, survivor, in_force, was_state=IncidentState(was["state"]))
    await record_decision(tx, survivor, survivor_was, "merge", decider, other=OtherSide(row.id))
    await judge_anew(tx, survivor, in_force)
    return snapshot(survivor)


def _refuse(row: IncidentRow, survivor: IncidentRow) -> None:
    sides = [Side(one.id, IncidentState(one.state), one.exercise) for one in (row, survivor)]
    fault = fault_of_merging(*sides)
    if fault is MergeFault.ITSELF:
        raise Invalid(FieldError("/into", "is the incident itself"))
    if fault is MergeFault.DRILL_AND_REAL:
        told = "is a drill, and the one to be merged is real" if survivor.exercise else _REAL_FOR_A_DRILL
        raise Invalid(FieldError("/into", told))
    if fault is not None:
        state = row.state if fault is MergeFault.MERGED_ALREADY else survivor.state
        raise StateConflict(_NOT_NOW[fault], state=state)


async def _end(tx: Transaction, row: IncidentRow, survivor: IncidentRow) -> None:
    was_state = IncidentState(row.state)
    row.state, row.merged_into = IncidentState.MERGED, survivor.id
    row.screened_out_reason = row.route = None
    row.version += 1
    await publish(tx, IncidentMerged(at=await tx.now(), incident=snapshot(row), was_state=was_state))


async def _take_over(
    tx: Transaction, row: IncidentRow, survivor: IncidentRow, in_force: InForce, *, was_state: IncidentState
) -> None:
    share_standing(survivor, row)
    if survivor.scene_status == SceneStatus.UNKNOWN:
        survivor.scene_status = row.scene_status
    await weigh_sources(tx, survivor, in_force)
    told = await read_told(tx, row.id)
    sources = tuple(SourceKind(source) for source in row.sources)
    await add_facts(tx, survivor, Addition(facts_of(row), sources, row.report_count, told[0].report_id))
    if share_response(survivor, row, was_state):
        survivor.version += 1
        await publish(tx, IncidentActivated(at=await tx.now(), incident=snapshot(survivor), by_policy=False))
