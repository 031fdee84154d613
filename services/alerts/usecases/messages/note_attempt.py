"""What one attempt to deliver means: for the message (again, done, dead) and for the offer it carries.

A first definite failure asks the next person at once while the retries go on beside it; a dead message ends the offer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.alerts.domain.assignments import ACTIVE
from services.alerts.domain.breaker import counts
from services.alerts.domain.offers import LIVE
from services.alerts.queries.dispatches import Dispatch, announce_change, lock_offer
from services.alerts.tables import OfferRow
from services.alerts.usecases.dispatching.settle_offer import settle_offer
from services.alerts.usecases.dispatching.staff_roles import staff_roles
from services.alerts.usecases.endpoints.note_endpoint_health import ALARM as FAILING
from services.alerts.usecases.endpoints.note_endpoint_health import note_endpoint_health
from services.alerts.usecases.messages.other_channels import Channel, follow_channel, is_last_hope
from shared.contracts.events.dispatches import OfferDelivered
from shared.kernel.response_words import CheckInState
from shared.kernel.vocabulary import OfferState
from shared.messaging.alarms import clear_if_standing, raise_alarm
from shared.persistence.transaction import Transaction

# Guarded by the attempt's number: an attempt whose lease ran out and was made again elsewhere settles nothing.
_SETTLE = """
WITH made AS (
    INSERT INTO delivery_attempts (delivery_id, number, at, took_ms, outcome, status)
    VALUES (:id, :number, :at, :took_ms, :outcome, :status) ON CONFLICT DO NOTHING
)
UPDATE deliveries SET state = :state, lease_until = NULL, last_outcome = :outcome,
    next_attempt_at = CASE WHEN :state = 'retry_scheduled' THEN CAST(:at AS timestamptz) + :again_in END,
    settled_at = CASE WHEN :state = 'retry_scheduled' THEN NULL ELSE clock_timestamp() END
WHERE id = :id AND state = 'attempting' AND attempts = :number
"""
_PAGE = "SELECT p.state FROM deliveries d JOIN pages p ON p.id = d.page_id WHERE d.id = :delivery_id"
_OF_A_DISPATCH = ("offer.made", "assignment.made", "check_in.due")
_MUST_BE_KNOWN = ("assignment.made", "scene.threat", "scene.moved")
_ASKED = (CheckInState.WARNED, CheckInState.MISSED)
_DISABLE = """
UPDATE webhook_endpoints SET enabled = false, disabled_reason = 'gone', version = version + 1,
    breaker = 'closed', failures = 0, breaker_since = NULL
WHERE id = :id AND enabled
"""


@dataclass(frozen=True)
class Attempt:
    """`waited`: from being queued to the first attempt. `at` is real time.

    `again_in`: when the next one is due, from this one's start; None: this was the last. `endpoint_is_well`: as it was
    before, so that a success on top of a success costs nothing.
    """

    delivery_id: UUID
    endpoint_id: UUID
    kind: str
    offer_id: UUID | None
    number: int
    at: datetime
    first_at: datetime
    waited: timedelta
    took: timedelta
    outcome: str
    status: int | None
    delivered: bool
    gone: bool
    again_in: timedelta | None
    endpoint_is_well: bool
    channel: Channel

    @property
    def state(self) -> str:
        if self.delivered:
            return "delivered"
        return "dead" if self.again_in is None or self.gone else "retry_scheduled"


async def note_attempt(tx: Transaction, attempt: Attempt) -> None:
    locked = await lock_offer(tx, attempt.offer_id) if attempt.offer_id and attempt.kind in _OF_A_DISPATCH else None
    is_wanted = await _is_wanted(tx, attempt, locked)
    state = attempt.state if is_wanted or attempt.state != "retry_scheduled" else "cancelled"
    if not await tx.run(_SETTLE, **_settled(attempt, state)):
        return
    await _note_on_endpoint(tx, attempt)
    failed = state in {"retry_scheduled", "dead"} and not attempt.outcome.startswith("timed_out")
    await follow_channel(tx, attempt.channel, state, definitely=failed)
    if state == "dead" and not await is_last_hope(tx, attempt.channel):
        state = "retry_scheduled"  # by another channel
    if locked is not None and attempt.kind == "offer.made":
        await _note_on_offer(tx, *locked, attempt, state)
    elif state == "dead" and is_wanted and attempt.kind.startswith("page."):
        await raise_alarm(tx, service="alerts", alarm="page_undeliverable", subject=attempt.kind)
    elif state == "dead" and is_wanted and attempt.kind in _MUST_BE_KNOWN:
        # Somebody has a role, or walks into a threat, and does not know it; nobody else will be asked.
        await raise_alarm(tx, service="alerts", alarm="assignment_undeliverable", subject=str(attempt.offer_id))


async def _note_on_endpoint(tx: Transaction, attempt: Attempt) -> None:
    if attempt.gone:
        if await tx.run(_DISABLE, id=attempt.endpoint_id):
            await clear_if_standing(tx, service="alerts", alarm=FAILING, subject=str(attempt.endpoint_id))
            await raise_alarm(tx, service="alerts", alarm="endpoint_gone", subject=str(attempt.endpoint_id))
    elif counts(attempt.outcome) and not (attempt.delivered and attempt.endpoint_is_well):
        await note_endpoint_health(tx, attempt.endpoint_id, delivered=attempt.delivered)


async def _is_wanted(tx: Transaction, attempt: Attempt, locked: tuple[Dispatch, OfferRow] | None) -> bool:
    """Whether what the message says still holds: nobody is sent or paged by a late retry of old news."""
    if locked is not None and attempt.kind == "check_in.due":
        return any(one.offer_id == locked[1].id and one.check_in_state in _ASKED for one in locked[0].assignments)
    if locked is not None and attempt.kind == "assignment.made":
        return any(one.offer_id == locked[1].id and one.state in ACTIVE for one in locked[0].assignments)
    if locked is not None:
        return OfferState(locked[1].state) in LIVE
    if attempt.kind.startswith("page."):
        return bool((await tx.row(_PAGE, delivery_id=attempt.delivery_id))["state"] == "open")
    return True


async def _note_on_offer(tx: Transaction, dispatch: Dispatch, offer: OfferRow, attempt: Attempt, state: str) -> None:
    if offer.first_attempt_at is None:
        offer.first_attempt_at = attempt.first_at
        _count_from_the_call(offer, attempt.waited)
    if state == "delivered":
        if offer.delivered_at is None:
            offer.delivered_at = await tx.now()
            await dispatch.record(tx, OfferDelivered, offer_id=offer.id)
        return
    if offer.state != OfferState.OPEN or offer.delivered_at is not None:
        return
    if state == "dead":
        await settle_offer(tx, dispatch, offer, OfferState.UNDELIVERABLE)
        await staff_roles(tx, dispatch, cause="undeliverable")
    elif offer.bypassed_at is None and not attempt.outcome.startswith("timed_out"):
        offer.bypassed_at = await tx.now()
        offer.next_action_at = offer.acknowledge_by
        announce_change(tx, offer.incident_id, "offer.bypassed")
        await staff_roles(tx, dispatch, cause="undelivered")


def _count_from_the_call(offer: OfferRow, waited: timedelta) -> None:
    """Somebody whose message lay while the sender was away has the policy's whole time from the call."""
    if waited > offer.undelivered_by - offer.made_at:
        offer.acknowledge_by += waited
        offer.accept_by += waited


def _settled(attempt: Attempt, state: str) -> dict[str, Any]:
    return {
        "id": attempt.delivery_id,
        "number": attempt.number,
        "state": state,
        "at": attempt.at,
        "took_ms": int(attempt.took / timedelta(milliseconds=1)),
        "outcome": attempt.outcome,
        "status": attempt.status,
        "again_in": attempt.again_in or timedelta(0),
    }
