"""Screen an incident out by a person's decision, also after activation: its dispatch then stands down.

What is out of scope is routed elsewhere, never dropped: a route of the programme's must be named. What was told
otherwise since may be screened out once more: it then waits for nobody.
"""

from collections.abc import Set as AbstractSet
from uuid import UUID

from services.intake.domain import incident as states
from services.intake.queries.incidents import lock_incident
from services.intake.queries.snapshots import snapshot
from services.intake.queries.told_otherwise import is_told_otherwise
from services.intake.usecases.decided import Decider, allowed, record_decision, standing
from shared.contracts.events.incidents import IncidentScreenedOut, IncidentSnapshot
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.vocabulary import IncidentState, ScreenedOutReason
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction


def routed(reason: ScreenedOutReason, route: str | None, routes: AbstractSet[str]) -> str | None:
    """The route to keep. Raises Invalid where the reason needs one of `routes`, or has none."""
    if reason is not ScreenedOutReason.OUT_OF_SCOPE and route is not None:
        raise Invalid(FieldError("/route", "is only for what is out of scope"))
    if reason is ScreenedOutReason.OUT_OF_SCOPE and route not in routes:
        raise Invalid(FieldError("/route", f"must be one of {', '.join(sorted(routes))}"))
    return route


async def screen_out_incident(
    tx: Transaction, incident_id: UUID, reason: ScreenedOutReason, route: str | None, decider: Decider
) -> IncidentSnapshot:
    row = await lock_incident(tx, incident_id)
    was, was_state = standing(row), IncidentState(row.state)
    moved = states.screen_out(was_state, told_otherwise=await is_told_otherwise(tx, incident_id))
    row.state = allowed(moved, "Only an open incident can be screened out.")
    row.screened_out_reason, row.route = reason, route
    row.version += 1
    after = snapshot(row)
    await record_decision(tx, row, was, "screen_out", decider)
    await publish(tx, IncidentScreenedOut(at=await tx.now(), incident=after, was_state=was_state))
    return after
