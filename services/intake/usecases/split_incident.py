"""Split reports off an incident by a person's decision: they tell of another event.

If they are just those of an incident that was merged by mistake, it goes on as what it was; else they are a new one,
judged as if it had just been reported. What remains stands as if they had never been part of it: derived anew from the
reports that remain, without the response and the confirmation that came with them. What a person decided about it since
stays.
"""

from collections.abc import Set as AbstractSet
from uuid import UUID

from services.intake.current_programme import InForce
from services.intake.domain.merging import Apart, BringBack, SplitFault, divide
from services.intake.queries.incidents import lock_incident, lock_trees
from services.intake.queries.possible_duplicates import disinherit, tell_apart
from services.intake.queries.snapshots import snapshot
from services.intake.queries.told_reports import read_parents, read_told
from services.intake.tables import IncidentRow
from services.intake.usecases.apply_policy import judge_anew
from services.intake.usecases.change_visibility import divide_visibility
from services.intake.usecases.decided import Decider, Facts, OtherSide, record_decision, standing
from services.intake.usecases.open_apart import open_apart
from services.intake.usecases.rederive import rederive
from services.intake.usecases.stand_alone import read_past, stand, stand_anew
from services.intake.usecases.take_back_screening import take_back_screening
from shared.contracts.events.incidents import (
    IncidentReclassified,
    IncidentReopened,
    IncidentSnapshot,
    IncidentSplit,
)
from shared.kernel.errors import FieldError, Invalid, StateConflict
from shared.kernel.vocabulary import IncidentKind, IncidentState
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

_FAULTS = {
    SplitFault.NONE: "names no report",
    SplitFault.NOT_ITS_OWN: "names what is no report of this incident",
    SplitFault.ALL: "would leave the incident without a report",
}


async def split_incident(
    tx: Transaction, incident_id: UUID, reports: AbstractSet[UUID], decider: Decider, in_force: InForce
) -> tuple[IncidentSnapshot, IncidentSnapshot]:
    """(what remains, what was split off). Raises NotFound, Invalid, StateConflict."""
    row = (await lock_trees(tx, incident_id))[incident_id]
    if row.state == IncidentState.MERGED:
        raise StateConflict("It is part of another incident: split that one.", state=row.state)
    was, told, parents = standing(row), await read_told(tx, row.id), await read_parents(tx, row.id)
    off = [one for one in told if one.report_id in reports]
    moved = tuple(one.report_id for one in off)
    match divide(reports, {one.report_id: one.home for one in told}, parents):
        case SplitFault() as fault:
            raise Invalid(FieldError("/reports", _FAULTS[fault]))
        case BringBack(merged_id):
            other = await _bring_back(tx, merged_id, OtherSide(row.id, moved), decider, in_force)
            await stand_anew(tx, [parents[merged_id]], parents)
        case Apart():
            other = await open_apart(tx, row, off, decider, in_force)
            await stand_anew(tx, {one.home for one in off}, parents)
    await _remain(tx, row, was, OtherSide(other.id, moved), decider, in_force)
    for one in (row, other):
        await divide_visibility(tx, one.id, decider)
        await take_back_screening(tx, one, in_force)
        await judge_anew(tx, one, in_force)
    await tell_apart(tx, row.id, other.id, decider.subject, decider.reason)
    return snapshot(row), snapshot(other)


async def _remain(
    tx: Transaction, row: IncidentRow, was: Facts, other: OtherSide, decider: Decider, in_force: InForce
) -> None:
    was_kind, now = IncidentKind(row.kind), await tx.now()
    await rederive(tx, row, in_force)
    row.version += 1
    await record_decision(tx, row, was, "split", decider, other=other)
    remaining = snapshot(row).model_copy(update={"kind": was_kind})
    await publish(tx, IncidentSplit(at=now, incident=remaining, into=other.incident_id))
    if row.kind != was_kind:
        row.version += 1
        await publish(tx, IncidentReclassified(at=now, incident=snapshot(row), was_kind=was_kind))


async def _bring_back(
    tx: Transaction, merged_id: UUID, other: OtherSide, decider: Decider, in_force: InForce
) -> IncidentRow:
    row = await lock_incident(tx, merged_id)
    was, past = standing(row), await read_past(tx, merged_id)
    await disinherit(tx, merged_id)
    row.merged_into = None
    stand(row, past)
    await rederive(tx, row, in_force)
    row.version += 1
    await record_decision(tx, row, was, "reopen", decider, other=other)
    await publish(tx, IncidentReopened(at=await tx.now(), incident=snapshot(row), was_state=IncidentState.MERGED))
    return row
