"""What happened to an incident without a person deciding it: said as an event, and kept for its timeline beside what
people decided.

Kept once for all reports of a transaction, so that it costs a report no statement of its own.
"""

import json
from datetime import datetime
from typing import Any

from services.intake.domain.incident import undecided
from shared.contracts.events.incidents import (
    IncidentActivated,
    IncidentReclassified,
    IncidentScreenedOut,
    IncidentVisibilityChanged,
)
from shared.kernel.vocabulary import Verification
from shared.messaging.outbox import publish
from shared.persistence.transaction import Transaction

Step = IncidentActivated | IncidentScreenedOut | IncidentReclassified | IncidentVisibilityChanged
_KEEP = """
INSERT INTO decisions (incident_id, version, decision, reason, decided_by, decided_as, decided_at, before, after)
SELECT incident_id, version, decision, reason, 'policy', 'policy', at, CAST(before AS jsonb), CAST(after AS jsonb)
FROM unnest(CAST(:incident_id AS uuid[]), CAST(:version AS bigint[]), CAST(:decision AS text[]),
            CAST(:reason AS text[]), CAST(:at AS timestamptz[]), CAST(:before AS text[]), CAST(:after AS text[]))
    AS step (incident_id, version, decision, reason, at, before, after)
"""


async def take_step(tx: Transaction, event: Step) -> None:
    """The row holds what the event says."""
    await publish(tx, event)
    keep_step(tx, event)


def keep_step(tx: Transaction, event: Step) -> None:
    """Of what has been published already. No decision may be recorded for the same version."""
    incident = event.incident
    tx.put(_KEEP, incident_id=incident.incident_id, version=incident.version, at=event.at, **_what(event))


def _what(event: Step) -> dict[str, Any]:
    incident = event.incident
    match event:
        case IncidentActivated():
            was_state = undecided(confirmed=incident.verification is Verification.CONFIRMED)
            before = {"state": was_state, "activated_at": None}
            after = {"state": incident.state, "activated_at": incident.activated_at}
            return _changed("activate", "within_policy", before, after)
        case IncidentScreenedOut(was_state=was):
            why = incident.screened_out_reason
            turned = {"state": incident.state, "screened_out_reason": why, "route": incident.route}
            return _changed("screen_out", why, {"state": was}, turned)
        case IncidentReclassified(was_kind=was):
            return _changed("reclassify", "reported", {"kind": was}, {"kind": incident.kind})
        case IncidentVisibilityChanged():
            now = incident.restricted
            return _changed("change_visibility", "reported", {"restricted": not now}, {"restricted": now})


def _changed(decision: str, reason: str | None, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {"decision": decision, "reason": reason, "before": _json(before), "after": _json(after)}


def _json(facts: dict[str, Any]) -> str:
    return json.dumps(facts, default=datetime.isoformat)
