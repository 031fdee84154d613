"""A decision about an incident, written down: who, in what office, what, why, and the facts before and after.

Whatever differs in the row is kept, so a decision cannot leave out what it changed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from services.intake.domain import incident as states
from services.intake.tables import IncidentRow
from shared.kernel.errors import StateConflict
from shared.kernel.vocabulary import Decider as DecidedAs
from shared.kernel.vocabulary import IncidentState
from shared.persistence.transaction import Transaction

Facts = Mapping[str, Any]
_RECORD = """
INSERT INTO decisions
    (incident_id, version, decision, reason, decided_by, decided_as, decided_at, before, after, other, reports)
VALUES (:incident_id, :version, :decision, :reason, :decided_by, :decided_as, app_now(), CAST(:before AS jsonb),
    CAST(:after AS jsonb), :other, :reports)
"""


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides, by identity and office, and the code of why where one is given."""

    subject: str
    office: DecidedAs | Literal["program_office", "policy"]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class OtherSide:
    """What a merge or a split was with, and which reports a split moved."""

    incident_id: UUID
    reports: tuple[UUID, ...] = ()


def allowed(moved: states.Allowed | states.Refused, text: str) -> IncidentState:
    """The new state. Raises StateConflict with the current one."""
    if isinstance(moved, states.Refused):
        raise StateConflict(text, state=moved.state)
    return moved.state


def standing(row: IncidentRow) -> Facts:
    """The row as it is, to be taken before it is changed. What its source calls it is shown to nobody."""
    return row.model_dump(mode="json", exclude={"version", "source", "source_ref"})


async def record_decision(
    tx: Transaction, row: IncidentRow, was: Facts, decision: str, decider: Decider, *, other: OtherSide | None = None
) -> None:
    """`was`: how the row stood. The version is the one that the decision made."""
    changed = {name: value for name, value in standing(row).items() if was[name] != value}
    await tx.run(
        _RECORD,
        incident_id=row.id,
        version=row.version,
        decision=decision,
        reason=decider.reason,
        decided_by=decider.subject,
        decided_as=decider.office,
        before=json.dumps({name: was[name] for name in changed}),
        after=json.dumps(changed),
        other=None if other is None else other.incident_id,
        reports=None if other is None or not other.reports else list(other.reports),
    )
