"""Whoever must not be at an incident any more is not asked any more, and is not there without a person knowing.

A question under way is withdrawn and the next person asked. An assignment stays, for nobody knows from here what
happens at the scene: it becomes an alarm, and the desk decides; the alarm is over with the assignment, or with what
spoke against it. Judged from rows by the engine, whatever made somebody unfit, and whoever was asked at that very
moment.
"""

from services.alerts.domain.pages import PageKind
from services.alerts.queries.dispatches import lock_dispatch
from services.alerts.queries.restricted import IS_RESTRICTED
from services.alerts.queries.unfit import UNFIT, why_unfit
from services.alerts.usecases.dispatching.settle_offer import settle_offer
from services.alerts.usecases.dispatching.staff_roles import staff_roles
from services.alerts.usecases.paging.follow_alarm import REPEAT_S
from services.alerts.usecases.paging.open_page import NewPage, page_people
from services.alerts.usecases.paging.settle_page import clear_page
from shared.kernel.vocabulary import EscalationTarget, OfferState
from shared.messaging.alarms import clear_alarm, raise_alarm
from shared.persistence.transaction import Transaction

ALARM = "assignment_in_doubt"
# In no order: one dispatch that cannot be judged must not stand before all others.
_ASKED = f"""
SELECT incident_id FROM dispatches WHERE incident_id IN (
    SELECT o.incident_id FROM offers o
    JOIN interrupters i ON i.id = o.interrupter_id JOIN dispatches d USING (incident_id)
    WHERE o.state IN ('open', 'acknowledged') AND {UNFIT} LIMIT 50
) ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - a constant condition
_THERE = f"""
UPDATE assignments SET doubted_at = app_now() WHERE id = (
    SELECT o.id FROM assignments o JOIN interrupters i ON i.id = o.interrupter_id JOIN dispatches d USING (incident_id)
    WHERE o.state IN ('accepted', 'en_route', 'on_scene') AND o.doubted_at IS NULL AND {UNFIT}
    LIMIT 1 FOR UPDATE OF o SKIP LOCKED)
RETURNING id, incident_id, interrupter_id,
    (SELECT {IS_RESTRICTED} FROM dispatches d WHERE d.incident_id = assignments.incident_id) AS restricted
"""  # noqa: S608 - a constant condition


# Its assignment has ended, or nothing speaks against it any more.
_OVER = f"""
SELECT a.subject, (SELECT t.incident_id || '/' || t.id FROM assignments t
                   WHERE t.id = CAST(split_part(a.subject, '/', 2) AS uuid)) AS page
FROM alarms a WHERE a.service = 'alerts' AND a.alarm = '{ALARM}' AND a.state <> 'cleared'
AND NOT EXISTS (
    SELECT FROM assignments o JOIN interrupters i ON i.id = o.interrupter_id JOIN dispatches d USING (incident_id)
    WHERE o.id = CAST(split_part(a.subject, '/', 2) AS uuid)
    AND o.state IN ('accepted', 'en_route', 'on_scene') AND {UNFIT})
LIMIT 1
"""  # noqa: S608 - a constant condition


# So that another time it is told anew.
_NO_MORE = """
UPDATE assignments SET doubted_at = NULL WHERE id = CAST(split_part(:subject, '/', 2) AS uuid)
"""


async def withdraw_from_unfit(tx: Transaction) -> bool:
    """The questions of one dispatch; False if there are none that another engine has not taken."""
    asked = await tx.row_or_none(_ASKED)
    if asked is None:
        return False
    dispatch = await lock_dispatch(tx, asked["incident_id"])
    unfit = [offer for offer in dispatch.live_offers() if await why_unfit(tx, offer.id)]
    for offer in unfit:
        await settle_offer(tx, dispatch, offer, OfferState.WITHDRAWN)
    if unfit:
        await staff_roles(tx, dispatch, cause="standing_lost")
    return True


async def tell_of_unfit(tx: Transaction) -> bool:
    """One assignment, once; False if there is none. The desk by an alarm, which names no restricted incident, and the
    person's own supervisors, who alone know why: where none of them can be paged the alarm has told the desk.
    """
    there = await tx.row_or_none(_THERE)
    if there is None:
        return False
    subject = f"{there['incident_id']}/{there['id']}"
    named = f"restricted/{there['id']}" if there["restricted"] else subject
    await raise_alarm(tx, service="alerts", alarm="assignment_in_doubt", subject=named)
    about, audience = there["interrupter_id"], EscalationTarget.SUPERVISOR
    await page_people(tx, NewPage(PageKind.ASSIGNMENT_IN_DOUBT, subject, REPEAT_S, about=about, audience=audience))
    return True


async def clear_settled_doubt(tx: Transaction) -> bool:
    """One alarm; False if there is none that is over."""
    over = await tx.row_or_none(_OVER)
    if over is not None:
        await tx.run(_NO_MORE, subject=over["subject"])
        await clear_alarm(tx, service="alerts", alarm=ALARM, subject=over["subject"])
        await clear_page(tx, PageKind.ASSIGNMENT_IN_DOUBT, over["page"])
    return over is not None
