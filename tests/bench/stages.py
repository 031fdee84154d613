"""Where the time from a report to the first webhook goes, told by what the services themselves wrote down.

All on one machine, so the wall clocks of the client, the two databases, the broker's records and the phones are one.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from uuid import UUID

import asyncpg

from deploy.local.stack import LocalStack
from tests.bench.figures import percentile
from tests.support.topics import everything_on

STAGES = (
    "POST: sent to written",
    "commit, hint, relay",
    "Kafka, fetch, decode",
    "decision, offer, message",
    "commit, hint, claim",
    "sign, send, arrive",
)
_WRITTEN = """
SELECT key AS incident, extract(epoch FROM created_at)::float8 AS at FROM outbox
WHERE key = ANY($1) AND headers ->> 'ce_type' = 'truce.intake.incident.activated.v1'
"""
_DECIDED = """
SELECT d.incident_id::text AS incident, extract(epoch FROM d.opened_at)::float8 AS began,
       extract(epoch FROM m.created_at)::float8 AS queued, extract(epoch FROM m.first_attempt_at)::float8 AS claimed
FROM dispatches d CROSS JOIN LATERAL (
    SELECT * FROM deliveries WHERE incident_id = d.incident_id AND kind = 'offer.made' ORDER BY created_at LIMIT 1) m
WHERE d.incident_id = ANY($1)
"""


async def stages_ms(
    stack: LocalStack, sent_at: Mapping[str, float], arrived_at: Mapping[str, float]
) -> dict[str, list[float]]:
    """`sent_at`, `arrived_at`: incident → seconds since 1970, for the same incidents."""
    marks = {incident: [at] for incident, at in sent_at.items() if incident in arrived_at}
    for incident, written in (await _read(stack, "intake", _WRITTEN, marks)).items():
        marks[incident] += written
    for incident, relayed in (await _relayed(stack)).items():
        if incident in marks:
            marks[incident].append(relayed)
    for incident, decided in (await _read(stack, "alerts", _DECIDED, marks)).items():
        marks[incident] += [*decided, arrived_at[incident]]
    steps = [[1000 * (after - before) for before, after in pairwise(one)] for one in marks.values()]
    whole = [one for one in steps if len(one) == len(STAGES)]
    return {stage: [one[number] for one in whole] for number, stage in enumerate(STAGES)}


def told(stages: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """As figures, in the order of the path."""
    return {
        f"{number}. {stage}, p{round(100 * share)} ms": percentile(took, share)
        for number, (stage, took) in enumerate(stages.items(), 1)
        for share in (0.50, 0.99)
    }


async def _read(
    stack: LocalStack, service: str, statement: str, incidents: Mapping[str, object]
) -> dict[str, list[float]]:
    connection = await asyncpg.connect(stack.wiring.databases.dsn(service))
    try:
        keys = [*incidents] if service == "intake" else [UUID(one) for one in incidents]
        return {row["incident"]: list(row.values())[1:] for row in await connection.fetch(statement, keys)}
    finally:
        await connection.close()


async def _relayed(stack: LocalStack) -> dict[str, float]:
    """When the relay gave each activation to its producer, by the record's own time (whole milliseconds)."""
    records = await everything_on(stack.wiring.kafka_bootstrap, "intake.incidents")
    kind = ("ce_type", b"truce.intake.incident.activated.v1")
    return {record.key.decode(): record.timestamp / 1000 for record in records if kind in record.headers and record.key}
