"""Note how the response to an incident stands, so that whoever looks at the incident sees it.

Newest snapshot wins. The incident itself is not changed: closing it is a person's decision.
"""

import json
from collections.abc import Iterable
from datetime import datetime

from shared.contracts.dispatch_event import DispatchEvent
from shared.contracts.dispatch_snapshot import DispatchSnapshot
from shared.kernel.vocabulary import AssignmentState
from shared.persistence.transaction import Transaction

_TAKEN_AWAY = frozenset({AssignmentState.STOOD_DOWN, AssignmentState.REASSIGNED})
# In id order, so that two batches never wait for each other crosswise.
_NOTE = """
INSERT INTO responses AS known (incident_id, version, dispatch_state, opened_at, closed_at, exhausted_count, offers,
    accepted, on_scene, first_attempt_at, first_acknowledged_at, first_accepted_at, first_on_scene_at)
SELECT incident_id, version, dispatch_state, opened_at, closed_at, exhausted_count, offers,
    accepted, on_scene, first_attempt_at, first_acknowledged_at, first_accepted_at, first_on_scene_at
FROM jsonb_to_recordset(CAST(:responses AS jsonb)) AS r (
    incident_id uuid, version bigint, dispatch_state text, opened_at timestamptz, closed_at timestamptz,
    exhausted_count integer, offers integer, accepted integer, on_scene integer, first_attempt_at timestamptz,
    first_acknowledged_at timestamptz, first_accepted_at timestamptz, first_on_scene_at timestamptz)
ORDER BY incident_id
ON CONFLICT (incident_id) DO UPDATE SET
    version = EXCLUDED.version, dispatch_state = EXCLUDED.dispatch_state, opened_at = EXCLUDED.opened_at,
    closed_at = EXCLUDED.closed_at, exhausted_count = EXCLUDED.exhausted_count, offers = EXCLUDED.offers,
    accepted = EXCLUDED.accepted, on_scene = EXCLUDED.on_scene, first_attempt_at = EXCLUDED.first_attempt_at,
    first_acknowledged_at = EXCLUDED.first_acknowledged_at, first_accepted_at = EXCLUDED.first_accepted_at,
    first_on_scene_at = EXCLUDED.first_on_scene_at
WHERE known.version < EXCLUDED.version
"""


async def note_response(tx: Transaction, event: DispatchEvent) -> None:
    tx.collect(_write, event.dispatch)


async def _write(tx: Transaction, snapshots: list[DispatchSnapshot]) -> None:
    """Of each incident only the newest of a batch is written: it holds what the others said."""
    newest = {dispatch.incident_id: dispatch for dispatch in sorted(snapshots, key=lambda one: one.version)}
    responses = json.dumps([_noted(dispatch) for dispatch in newest.values()], default=str)
    await tx.run(_NOTE, responses=responses)


def _noted(dispatch: DispatchSnapshot) -> dict[str, object]:
    """`accepted` counts those who took it and were not stood down or replaced; times are of the first of all."""
    standing = [one for one in dispatch.assignments if one.state not in _TAKEN_AWAY]
    return {
        "incident_id": dispatch.incident_id,
        "version": dispatch.version,
        "dispatch_state": dispatch.state,
        "opened_at": dispatch.opened_at,
        "closed_at": dispatch.closed_at,
        "exhausted_count": dispatch.exhausted_count,
        "offers": len(dispatch.offers),
        "accepted": len(standing),
        "on_scene": sum(one.on_scene_at is not None for one in standing),
        "first_attempt_at": _first(offer.first_attempt_at for offer in dispatch.offers),
        "first_acknowledged_at": _first(offer.acknowledged_at for offer in dispatch.offers),
        "first_accepted_at": _first(one.accepted_at for one in dispatch.assignments),
        "first_on_scene_at": _first(one.on_scene_at for one in dispatch.assignments),
    }


def _first(instants: Iterable[datetime | None]) -> datetime | None:
    return min((instant for instant in instants if instant is not None), default=None)
