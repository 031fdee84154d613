"""Attempts that say nothing but "later": the message is due again, and its endpoint has failed once more.

Receivers that hang bring them by the hundred, so many are noted in one statement. Whatever concerns anybody else (an
offer's first attempt, a question that is over, a breaker that changes) is left to `note_attempt`, as is what another
transaction holds: nobody is waited for.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.alerts.domain.breaker import OPENS_AFTER, counts
from services.alerts.domain.offers import LIVE
from services.alerts.usecases.messages.note_attempt import Attempt
from shared.persistence.transaction import Transaction

_SETTLES_MORE = ("assignment.made", "check_in.due")
# An offer is looked at after its dispatch is held, as by everybody who changes it.
_HOLD = """
SELECT incident_id FROM dispatches
WHERE incident_id IN (SELECT incident_id FROM offers WHERE id = ANY(CAST(:offers AS uuid[]))) FOR UPDATE SKIP LOCKED
"""
_NOTE = """
WITH made AS MATERIALIZED (
    SELECT * FROM unnest(
        CAST(:ids AS uuid[]), CAST(:numbers AS integer[]), CAST(:endpoints AS uuid[]), CAST(:offers AS uuid[]),
        CAST(:ats AS timestamptz[]), CAST(:took_ms AS integer[]), CAST(:outcomes AS text[]),
        CAST(:statuses AS integer[]), CAST(:again_in AS interval[]))
        AS m (id, number, endpoint_id, offer_id, at, took_ms, outcome, status, again_in)
), failing AS MATERIALIZED (
    SELECT e.id FROM webhook_endpoints e
        JOIN (SELECT endpoint_id, count(*) AS failures FROM made GROUP BY endpoint_id) m ON m.endpoint_id = e.id
    WHERE e.breaker = 'open' OR (e.breaker = 'closed' AND e.failures + m.failures < :opens_after)
    FOR NO KEY UPDATE OF e SKIP LOCKED
), again AS (
    UPDATE deliveries d SET state = 'retry_scheduled', lease_until = NULL, last_outcome = m.outcome,
        next_attempt_at = m.at + m.again_in
    FROM made m JOIN failing f ON f.id = m.endpoint_id
    WHERE d.id = m.id AND d.state = 'attempting' AND d.attempts = m.number
      AND (m.offer_id IS NULL OR EXISTS (
          SELECT FROM offers o WHERE o.id = m.offer_id AND o.incident_id = ANY(CAST(:held AS uuid[]))
            AND o.state = ANY(CAST(:live AS text[])) AND o.first_attempt_at IS NOT NULL))
      AND (d.page_id IS NULL OR EXISTS (SELECT FROM pages p WHERE p.id = d.page_id AND p.state = 'open'))
    RETURNING d.id, d.attempts, d.endpoint_id
), written AS (
    INSERT INTO delivery_attempts (delivery_id, number, at, took_ms, outcome, status)
    SELECT m.id, m.number, m.at, m.took_ms, m.outcome, m.status
    FROM made m JOIN again a ON a.id = m.id AND a.attempts = m.number ON CONFLICT DO NOTHING
), counted AS (
    UPDATE webhook_endpoints e SET failures = e.failures + a.failures
    FROM (SELECT endpoint_id, count(*) AS failures FROM again GROUP BY endpoint_id) a WHERE e.id = a.endpoint_id
)
SELECT id, attempts FROM again
"""


def is_due_again_alone(attempt: Attempt) -> bool:
    """Whether it may be noted so. A failure for certain brings the next person or channel, and does not wait."""
    if attempt.state != "retry_scheduled" or not counts(attempt.outcome) or attempt.kind in _SETTLES_MORE:
        return False
    concerns_nobody = attempt.kind != "offer.made" and attempt.channel.message_id is None
    return concerns_nobody or attempt.outcome.startswith("timed_out")


async def note_retries(tx: Transaction, attempts: Sequence[Attempt]) -> set[tuple[UUID, int]]:
    """Those that were noted, by delivery and number; the others are for `note_attempt`."""
    offers = [one.offer_id if one.kind == "offer.made" else None for one in attempts]
    held = await tx.rows(_HOLD, offers=offers) if any(offers) else []
    noted = await tx.rows(
        _NOTE,
        ids=[one.delivery_id for one in attempts],
        numbers=[one.number for one in attempts],
        endpoints=[one.endpoint_id for one in attempts],
        offers=offers,
        ats=[one.at for one in attempts],
        took_ms=[int(one.took / timedelta(milliseconds=1)) for one in attempts],
        outcomes=[one.outcome for one in attempts],
        statuses=[one.status for one in attempts],
        again_in=[one.again_in for one in attempts],
        opens_after=OPENS_AFTER,
        held=[row["incident_id"] for row in held],
        live=[state.value for state in LIVE],
    )
    return {(row["id"], row["attempts"]) for row in noted}
