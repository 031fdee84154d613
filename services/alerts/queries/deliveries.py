"""The delivery log: which message went where, what became of it, attempt by attempt. Times are real time.

Neither an endpoint's address nor the link to a response page is in it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from services.alerts.domain.visibility import Viewer
from services.alerts.queries.restricted import restricted_in
from shared.kernel.errors import NotFound
from shared.persistence.transaction import Row, Transaction

KEPT_DAYS = 400
_COLUMNS = """
SELECT d.id AS delivery_id, d.class AS delivery_class, d.kind, d.endpoint_id, e.owner_kind, e.owner_id, d.incident_id,
       d.offer_id, d.page_id, d.state, d.attempts, d.last_outcome, d.created_at AS queued_at, d.first_attempt_at,
       d.next_attempt_at, d.settled_at, d.replay_of, d.bundled_into, d.body
FROM deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
LEFT JOIN interrupters i ON e.owner_kind = 'interrupter' AND i.id = e.owner_id
"""
# The same as `has_endpoint` says of one endpoint; what is about a restricted incident is also for the person told. That
# a rest was suggested is for those who `may_know_exposure`.
_VISIBLE = f"""
((:everything AND (:exposure OR d.kind <> 'rest.suggested'))
 OR (e.owner_kind = 'interrupter' AND (i.id = CAST(:worker AS uuid) OR i.organization_id = CAST(:supervised AS uuid)))
 OR (e.owner_kind = 'supervisor' AND e.owner_id = CAST(:supervised AS uuid)))
AND (:restricted OR i.id = CAST(:worker AS uuid)
     OR NOT EXISTS (SELECT FROM dispatches r WHERE r.incident_id = d.incident_id AND {restricted_in("r")}))
"""
_BEHIND = "(d.created_at, d.id) < (CAST(:behind_at AS timestamptz), CAST(:behind_id AS uuid))"
_NEWEST_FIRST = "ORDER BY d.created_at DESC, d.id DESC LIMIT :limit"
_ONE = f"{_COLUMNS} WHERE d.id = :id AND {_VISIBLE}"
_ATTEMPTS = "SELECT number, at, took_ms, outcome, status FROM delivery_attempts WHERE delivery_id = :id ORDER BY number"
_REPLAYED_AS = "SELECT id FROM deliveries WHERE replay_of = :id"
# A whole message with its attempts; a bounded number at a time, so that no transaction is long.
_FORGET = f"""
DELETE FROM deliveries WHERE id = ANY(ARRAY(
    SELECT id FROM deliveries WHERE created_at < clock_timestamp() - interval '{KEPT_DAYS} days'
      AND state NOT IN ('pending', 'attempting', 'retry_scheduled')
    ORDER BY created_at LIMIT 500))
"""  # noqa: S608 - a constant


@dataclass(frozen=True)
class Wanted:
    """Which messages; None: whichever. `since`: queued then or later."""

    endpoint_id: UUID | None = None
    state: str | None = None
    kind: str | None = None
    incident_id: UUID | None = None
    offer_id: UUID | None = None
    since: datetime | None = None

    def conditions(self) -> list[str]:
        """Only what was asked for is in the statement, so that its index is used."""
        compared = {"since": "d.created_at >= :since"}
        asked = [name for name, value in asdict(self).items() if value is not None]
        return [compared.get(name, f"d.{name} = :{name}") for name in asked]

    def values(self) -> dict[str, object]:
        return {name: value for name, value in asdict(self).items() if value is not None}


async def delivery_page(
    tx: Transaction, viewer: Viewer, wanted: Wanted, *, behind: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Row]:
    """Newest first."""
    conditions = [_VISIBLE, *wanted.conditions()]
    values = wanted.values()
    if behind is not None:
        conditions.append(_BEHIND)
        values |= {"behind_at": behind[0], "behind_id": behind[1]}
    statement = f"{_COLUMNS} WHERE {' AND '.join(conditions)} {_NEWEST_FIRST}"
    return await tx.rows(statement, limit=limit, **_seen_by(viewer), **values)


async def visible_delivery(tx: Transaction, viewer: Viewer, delivery_id: UUID) -> Row:
    """Raises NotFound, in the same words for an unknown id and for a foreign message."""
    row = await tx.row_or_none(_ONE, id=delivery_id, **_seen_by(viewer))
    if row is None:
        raise NotFound("no such delivery")
    return row


async def attempts_of(tx: Transaction, delivery_id: UUID) -> Sequence[Row]:
    return await tx.rows(_ATTEMPTS, id=delivery_id)


async def replayed_as(tx: Transaction, delivery_id: UUID) -> UUID | None:
    row = await tx.row_or_none(_REPLAYED_AS, id=delivery_id)
    return None if row is None else row["id"]


async def forget_old_deliveries(tx: Transaction) -> int:
    return await tx.run(_FORGET)


def _seen_by(viewer: Viewer) -> dict[str, object]:
    return {
        "everything": viewer.sees_everything or viewer.audits,
        "exposure": viewer.administers,
        "restricted": viewer.sees_restricted,
        "worker": viewer.worker,
        "supervised": viewer.supervises,
    }
