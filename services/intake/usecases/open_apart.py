"""Open an incident for reports that were taken for another's: as if they had just been reported."""

from collections.abc import Sequence
from datetime import datetime

from services.intake.current_programme import InForce
from services.intake.queries.snapshots import snapshot
from services.intake.queries.told_reports import Told, file_under
from services.intake.tables import IncidentRow
from services.intake.usecases.decided import Decider, OtherSide, record_decision, standing
from services.intake.usecases.rederive import rederive
from shared.contracts.events.incidents import IncidentOpened
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import IncidentState, SceneStatus, Verification
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


async def open_apart(
    tx: Transaction, origin: IncidentRow, told: Sequence[Told], decider: Decider, in_force: InForce
) -> IncidentRow:
    """Locked as it is made. The caller lets policy judge it."""
    first, now = told[0], await tx.now()
    row = _like(origin, first, now, in_force)
    await tx.add(row)
    other = OtherSide(origin.id, tuple(one.report_id for one in told))
    await file_under(tx, row.id, [one.report_id for one in told])
    await rederive(tx, row, in_force)
    await record_decision(tx, row, standing(row), "split", decider, other=other)
    opened = IncidentOpened(
        at=now,
        incident=snapshot(row),
        report_id=first.report_id,
        source=first.source_kind,
        split_from=origin.id,
    )
    await publish(tx, opened)
    return row


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
