"""Send one round of a page to everybody it concerns, and set when the next round is due."""

from uuid import UUID

from services.alerts.domain.pages import PageKind
from services.alerts.messages import page_message
from services.alerts.queries.dispatches import announce_change
from services.alerts.usecases.messages.queue_delivery import Message, queue
from shared.kernel.vocabulary import EscalationTarget
from shared.messaging.alarms import clear_if_standing, raise_alarm
from shared.observability.logs import get_logger
from shared.persistence.transaction import Row, Transaction

log = get_logger(__name__)

_ROUND = """
UPDATE pages SET round = round + 1, next_action_at = app_now() + make_interval(secs => repeat_s)
WHERE id = :id AND state = 'open'
RETURNING kind, subject, round, incident_id, about, audience, roles
"""
_INCIDENT = "SELECT incident, community, policy ->> 'time_zone' AS time_zone FROM dispatches WHERE incident_id = :id"
# Every duty dispatcher's endpoint, and about an incident the supervisors of whoever covers its community today; where
# nobody covers, every supervisor. Source: DESIGN §9.2, outside every community the whole office is asked. About a
# person that person's own supervisors too, and about a person and no incident those alone.
_RECIPIENTS = """
WITH covering AS (
    SELECT organization_id FROM coverage
    WHERE community = :community AND from_day <= (app_now() AT TIME ZONE :time_zone)::date
      AND (until_day IS NULL OR until_day > (app_now() AT TIME ZONE :time_zone)::date)
)
SELECT id FROM webhook_endpoints WHERE enabled AND (
    (owner_kind = 'duty_dispatcher' AND coalesce(:audience, 'dispatcher') = 'dispatcher')
    OR (owner_kind = 'supervisor' AND :about_incident AND coalesce(:audience, 'supervisor') = 'supervisor' AND (
        owner_id IN (SELECT organization_id FROM covering) OR NOT EXISTS (SELECT FROM covering)
        OR owner_id = (SELECT organization_id FROM interrupters WHERE id = :about)))
    OR (owner_kind = 'supervisor' AND NOT :about_incident AND coalesce(:audience, 'supervisor') = 'supervisor'
        AND owner_id = (SELECT organization_id FROM interrupters WHERE id = :about)))
"""


async def recipients(
    tx: Transaction, about: Row | None, *, audience: str | None, person: UUID | None = None
) -> list[UUID]:
    """Endpoints. `about`: the community and the time zone of the incident that it is about."""
    rows = await tx.rows(
        _RECIPIENTS,
        about_incident=about is not None,
        about=person,
        audience=audience,
        community=about["community"] if about else None,
        time_zone=about["time_zone"] if about else "UTC",
    )
    return [row["id"] for row in rows]


async def send_page(tx: Transaction, page_id: UUID) -> int:
    """To how many endpoints. A page that reaches none at all raises an alarm of its own: it must show somewhere; the
    next of its kind that reaches somebody clears it. Where only supervisors were to be told, the next step of the
    escalation does.
    """
    page = await tx.row_or_none(_ROUND, id=page_id)
    if page is None:
        return 0
    if page["incident_id"] is not None:
        announce_change(tx, page["incident_id"], "page.sent")
    about = await tx.row_or_none(_INCIDENT, id=page["incident_id"]) if page["incident_id"] else None
    told = await recipients(tx, about, person=page["about"], audience=page["audience"])
    incident = about["incident"] if about else None
    content = page_message(page_id, page, incident)
    message = Message(
        f"page.{page['kind']}", urgent=True, content=content, incident_id=page["incident_id"], page_id=page_id
    )
    for endpoint_id in told:
        await queue(tx, endpoint_id, message)
    if not told:
        log.error("page.nobody_to_page", kind=page["kind"], subject=page["subject"])
    if page["kind"] != PageKind.ALARM and page["audience"] != EscalationTarget.SUPERVISOR:
        settle = clear_if_standing if told else raise_alarm
        await settle(tx, service="alerts", alarm="nobody_to_page", subject=page["kind"])
    return len(told)
