"""Send: the sender's loop. Claims what is due, sends beside each other, settles each by itself.

Bulkheads: a hanging endpoint holds its own places only; a global cap bounds the connections. State is in the database
alone: killing this process at any point loses nothing.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import uniform

from services.alerts.delivery.claim import PER_ENDPOINT, Claimed, claim
from services.alerts.delivery.outcomes import AttemptOutcome, Delivered, Failed, Rejected, TimedOut
from services.alerts.delivery.response_link import ResponseLinks
from services.alerts.delivery.schedule import DeliveryClass, attempt_timeout, next_attempt_in
from services.alerts.delivery.secret_box import SecretBox, endpoint_secret_context, previous_secret_context
from services.alerts.delivery.signing import signed_headers
from services.alerts.delivery.text_sender import TextSender
from services.alerts.delivery.together import Together
from services.alerts.delivery.transport import WebhookTransport
from services.alerts.metrics import ATTEMPT_SECONDS, ATTEMPTS
from services.alerts.usecases.messages.note_attempt import Attempt, note_attempt
from services.alerts.usecases.messages.other_channels import Channel
from shared.messaging.alarms import raise_alarm
from shared.observability.logs import get_logger
from shared.persistence.database import Database
from shared.persistence.hint import wait_for_work

# Half a programme's phones may hang at once and still leave places: with half of these taken, one for each endpoint.
MOST_AT_ONCE = 1024
MOST_AT_A_TIME = 32
POLL_S = 0.25
log = get_logger(__name__)


class Sender:
    def __init__(
        self, db: Database, transport: WebhookTransport, box: SecretBox, links: ResponseLinks, texts: TextSender
    ) -> None:
        self._db = db
        self._transport = transport
        self._texts = texts
        self._box = box
        self._links = links
        self._together = Together(db)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, woken: asyncio.Event) -> None:
        """`woken` is set when messages were queued; retries and crowded endpoints are found by polling."""
        while True:
            free = min(MOST_AT_ONCE - len(self._tasks), MOST_AT_A_TIME)
            claimed = await self._claim(free) if free > 0 else []
            for message in claimed:
                self._launch(message)
            if len(claimed) < free or free <= 0:
                await wait_for_work(woken, at_most_s=POLL_S)

    async def _claim(self, most: int) -> list[Claimed]:
        per_endpoint = PER_ENDPOINT if len(self._tasks) < MOST_AT_ONCE // 2 else 1
        return await self._db.retrying(lambda tx: claim(tx, most=most, per_endpoint=per_endpoint))

    def _launch(self, message: Claimed) -> None:
        task = asyncio.create_task(self._attempt(message))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, attempt: "asyncio.Task[None]") -> None:
        self._tasks.discard(attempt)
        if not attempt.cancelled() and attempt.exception() is not None:
            # The lease runs out and the message is tried again; the defect must be seen.
            log.error("sender.defect", exc_info=attempt.exception())

    async def _attempt(self, message: Claimed) -> None:
        attempt = await self._tried(message) if message.enabled else _not_tried(message)
        ATTEMPTS.labels(message.delivery_class, attempt.outcome).inc()
        ATTEMPT_SECONDS.observe(attempt.took.total_seconds())
        try:
            if not await self._together.noted(attempt):
                await self._db.retrying(lambda tx: note_attempt(tx, attempt))
        except Exception:  # the lease runs out and the message is tried again; a person must see it
            log.exception("sender.settling_failed", kind=message.kind)
            await self._db.retrying(
                lambda tx: raise_alarm(tx, service="alerts", alarm="delivery_not_settled", subject=message.kind)
            )

    async def _tried(self, message: Claimed) -> Attempt:
        outcome = await self._send(message, datetime.now(UTC))
        retry_after = outcome.retry_after if isinstance(outcome, Rejected) else None
        jitter = uniform(-1, 1)  # noqa: S311 - spreads load, hides nothing
        return replace(
            _not_tried(message),
            took=outcome.duration,
            outcome=describe(outcome),
            status=outcome.status if isinstance(outcome, Delivered | Rejected) else None,
            delivered=isinstance(outcome, Delivered),
            gone=isinstance(outcome, Rejected) and outcome.gone,
            again_in=next_attempt_in(message.delivery_class, message.number, retry_after, jitter),
        )

    async def _send(self, message: Claimed, at: datetime) -> AttemptOutcome:
        if message.url is None:
            return await self._texts.send(message, at)
        body = self._links.filled(message.id, message.body)
        headers = signed_headers(self._keys(message), str(message.id), int(at.timestamp()), body)
        timeout = attempt_timeout(message.delivery_class)
        return await self._transport.post(
            message.url, headers, body, timeout=timeout, apart=not message.endpoint_is_well
        )

    def _keys(self, message: Claimed) -> list[str]:
        """The newest first, and what it replaces while that one still signs."""
        assert message.secret_sealed is not None  # every webhook has one: a constraint of its table
        keys = [self._box.open(message.secret_sealed, context=endpoint_secret_context(message.endpoint_id))]
        if message.previous_secret_sealed is not None:
            previous = previous_secret_context(message.endpoint_id)
            keys.append(self._box.open(message.previous_secret_sealed, context=previous))
        return keys

    async def drain(self) -> None:
        """Lets attempts under way end and settle; what is not done by then is made again by the next sender."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=4)
        self._texts.close()


def _not_tried(message: Claimed) -> Attempt:
    """A message to an endpoint that was disabled meanwhile is dead: whoever it was for cannot be reached there."""
    return Attempt(
        delivery_id=message.id,
        endpoint_id=message.endpoint_id,
        kind=message.kind,
        offer_id=message.offer_id,
        number=message.number,
        at=message.at,
        first_at=message.first_at,
        waited=message.first_at - message.queued_at,
        took=timedelta(0),
        outcome="endpoint_disabled",
        status=None,
        delivered=False,
        gone=False,
        again_in=None,
        endpoint_is_well=message.endpoint_is_well,
        channel=Channel(
            message.id,
            message.message_id,
            message.place,
            carries_others=message.delivery_class is DeliveryClass.DURABLE and message.address_sealed is not None,
        ),
    )


def describe(outcome: AttemptOutcome) -> str:
    """A code for the delivery log: `delivered`, `rejected_503`, `connect_connection_refused`, `timed_out_response`."""
    match outcome:
        case Delivered():
            return "delivered"
        case Rejected(status=status):
            return f"rejected_{status}"
        case Failed(stage=stage, reason=reason):
            return f"{stage}_{reason}"
        case TimedOut(stage=stage):
            return f"timed_out_{stage}"
