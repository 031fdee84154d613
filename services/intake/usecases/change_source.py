"""Change what holds for a source, revoke it, or admit it again: always by a person of the office, who is kept.

What a revoked source sends is refused until it is admitted again; what it said before stays. Nobody waits for a word of
a revoked source: its silence is no news, and begins anew when it is admitted again.
"""

from uuid import UUID

from services.intake.queries.sources import lock_source
from services.intake.usecases.register_source import Terms
from shared.messaging.alarms import clear_if_standing
from shared.persistence.transaction import Transaction

_CHANGE = """
UPDATE sources SET version = version + 1, kind = :kind, trust = :trust, reports_per_minute = :reports_per_minute,
    quiet_after_s = :quiet_after_s, changed_by = :by, changed_at = app_now()
WHERE id = :id
"""
_REVOKE = """
UPDATE sources SET version = version + 1, revoked_at = app_now(), quiet_since = NULL, changed_by = :by,
    changed_at = app_now()
WHERE id = :id AND revoked_at IS NULL
"""
_READMIT = """
UPDATE sources SET version = version + 1, revoked_at = NULL, readmitted_at = app_now(), changed_by = :by,
    changed_at = app_now()
WHERE id = :id AND revoked_at IS NOT NULL
"""


async def change_source(tx: Transaction, source_id: UUID, terms: Terms, by: str) -> None:
    """The row must be locked by the caller, who has compared its version."""
    await tx.run(_CHANGE, id=source_id, by=by, **terms.named())


async def revoke_source(tx: Transaction, source_id: UUID, by: str) -> None:
    """Once; doing it again changes nothing."""
    await lock_source(tx, source_id)
    if await tx.run(_REVOKE, id=source_id, by=by) == 1:
        await clear_if_standing(tx, service="intake", alarm="source_quiet", subject=str(source_id))


async def readmit_source(tx: Transaction, source_id: UUID, by: str) -> None:
    await lock_source(tx, source_id)
    await tx.run(_READMIT, id=source_id, by=by)
