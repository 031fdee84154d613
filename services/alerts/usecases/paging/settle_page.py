"""Stop a page: somebody has it, or there is nothing left to act on."""

from uuid import UUID

from services.alerts.domain.pages import PageKind
from services.alerts.queries.dispatches import announce_change
from shared.kernel.errors import NotFound
from shared.messaging.alarms import acknowledge_if_raised
from shared.persistence.transaction import Transaction

SERVICE = "alerts"
_ACKNOWLEDGE = """
UPDATE pages SET state = 'acknowledged', next_action_at = NULL, settled_at = app_now(), settled_by = :by
WHERE id = :id AND state = 'open'
"""
_CLEAR = """
UPDATE pages SET state = 'cleared', next_action_at = NULL, settled_at = app_now()
WHERE kind = :kind AND subject = :subject AND state = 'open'
"""
_CANCEL = """
UPDATE deliveries d SET state = 'cancelled', next_attempt_at = NULL, settled_at = clock_timestamp()
FROM pages p WHERE d.page_id = p.id AND p.kind = :kind AND p.subject = :subject AND p.state <> 'open'
  AND d.state IN ('pending', 'retry_scheduled')
"""


async def acknowledge_page(tx: Transaction, page_id: UUID, *, by: str) -> None:
    """Repeating it changes nothing. Raises NotFound.

    An alarm of this service is acknowledged with its page, so that the next fault under its name is told anew.
    """
    acknowledged = await tx.run(_ACKNOWLEDGE, id=page_id, by=by)
    page = await tx.row_or_none("SELECT kind, subject, incident_id FROM pages WHERE id = :id", id=page_id)
    if page is None:
        raise NotFound("no such page")
    if acknowledged and page["incident_id"] is not None:
        announce_change(tx, page["incident_id"], "page.acknowledged")
    await tx.run(_CANCEL, kind=page["kind"], subject=page["subject"])
    service, _, alarm = page["subject"].partition("/")
    if page["kind"] == PageKind.ALARM and service == SERVICE:
        name, _, subject = alarm.partition("/")
        await acknowledge_if_raised(tx, service=service, alarm=name, subject=subject)


async def clear_page(tx: Transaction, kind: PageKind, subject: str) -> None:
    await tx.run(_CLEAR, kind=kind, subject=subject)
    await tx.run(_CANCEL, kind=kind, subject=subject)


async def settle_exhausted_page(tx: Transaction, incident_id: UUID) -> None:
    """Also the one that nobody is asked any more."""
    for kind in (PageKind.EXHAUSTED, PageKind.GIVEN_UP):
        await clear_page(tx, kind, str(incident_id))
