"""Tell a person when somebody on duty cannot be reached: no endpoint, or the last message to it did not get there.

Only what lasts is told: somebody who comes on duty or gets another phone is given a minute; and only what is not told
already: of somebody all of whose phones are known to fail (`endpoint_failing`) the desk was paged. In real time, as
messages are; the minute is a row, so that it is the same for every engine.
"""

from services.alerts.queries.reachability import phones_of
from shared.messaging.alarms import clear_alarm, sustain_alarm
from shared.persistence.transaction import Transaction

PATIENCE_S = 60.0
_ON_DUTY = "SELECT id FROM interrupters WHERE active AND on_duty ORDER BY id"
_BEGUN = """
INSERT INTO unreached_people (interrupter_id, since)
SELECT id, clock_timestamp() FROM unnest(CAST(:ids AS uuid[])) AS u (id) ON CONFLICT DO NOTHING
"""
_OVER = "DELETE FROM unreached_people WHERE interrupter_id <> ALL(CAST(:ids AS uuid[]))"
_LASTING = """
SELECT interrupter_id FROM unreached_people WHERE since <= clock_timestamp() - make_interval(secs => :patience_s)
ORDER BY interrupter_id
"""
_STANDING = """
SELECT subject FROM alarms WHERE service = 'alerts' AND alarm = 'unreachable_on_duty' AND state <> 'cleared'
ORDER BY subject FOR UPDATE SKIP LOCKED
"""
# The same fault under another name, for whoever has no phone beside those that fail.
_TOLD = """
SELECT e.owner_id FROM webhook_endpoints e LEFT JOIN alarms a ON a.service = 'alerts' AND a.alarm = 'endpoint_failing'
    AND a.subject = CAST(e.id AS text) AND a.state <> 'cleared'
WHERE e.enabled AND e.owner_kind = 'interrupter' AND e.owner_id = ANY(CAST(:ids AS uuid[]))
GROUP BY e.owner_id HAVING bool_and(a.subject IS NOT NULL)
"""


async def watch_phones(tx: Transaction) -> None:
    """Everybody at once: by index, some milliseconds for a thousand people."""
    phones = await phones_of(tx, [row["id"] for row in await tx.rows(_ON_DUTY)])
    unreached = [who for who, phone in phones.items() if not phone.works]
    await tx.run(_BEGUN, ids=unreached)
    await tx.run(_OVER, ids=unreached)
    lasting = [str(row["interrupter_id"]) for row in await tx.rows(_LASTING, patience_s=PATIENCE_S)]
    standing = {row["subject"] for row in await tx.rows(_STANDING)}
    told = {str(row["owner_id"]) for row in await tx.rows(_TOLD, ids=unreached)} - standing
    for subject in lasting:
        if subject in told:
            continue
        await sustain_alarm(tx, service="alerts", alarm="unreachable_on_duty", subject=subject)
    for subject in sorted(standing.difference(lasting)):
        await clear_alarm(tx, service="alerts", alarm="unreachable_on_duty", subject=subject)
