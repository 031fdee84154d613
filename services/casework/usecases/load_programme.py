"""Puts a programme's rules in force as a new version, and judges the incidents that waited for one.

Rules in force judge what comes from then on; follow-ups that earlier rules asked for stay as they are.
"""

import json
from dataclasses import dataclass

from services.casework.programme import Programme
from services.casework.queries.rules import RulesInForce
from services.casework.usecases.judge_incident import judge_incident
from shared.messaging.alarms import clear_alarm
from shared.persistence.transaction import Transaction

NO_PROGRAMME = {"service": "casework", "alarm": "no_programme", "subject": "follow_ups"}

_CURRENT = """
SELECT p.version, p.programme_id, p.time_zone, p.rules = CAST(:rules AS jsonb) AS same_rules
FROM programme_in_force f LEFT JOIN programmes p ON p.version = f.version
WHERE f.id = 1 FOR UPDATE OF f
"""
_KEEP = """
INSERT INTO programmes (programme_id, time_zone, rules)
VALUES (:programme_id, :time_zone, CAST(:rules AS jsonb)) RETURNING version
"""
_PUT_IN_FORCE = "UPDATE programme_in_force SET version = :version WHERE id = 1"
_WAITING = "SELECT incident_id FROM incidents WHERE judged_by IS NULL ORDER BY incident_id"
_ALARM_STANDS = """
SELECT EXISTS (SELECT FROM alarms WHERE service = :service AND alarm = :alarm AND subject = :subject
    AND state <> 'cleared') AS stands
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """`judged`: incidents that had come before any programme. `is_new`: False if the same was in force already."""

    version: int
    is_new: bool
    judged: int


async def load_programme(tx: Transaction, programme: Programme) -> Loaded:
    rules = json.dumps(programme.stored)
    current = await tx.row(_CURRENT, rules=rules)
    if (current["programme_id"], current["time_zone"], current["same_rules"]) == (
        programme.programme_id,
        programme.time_zone,
        True,
    ):
        return Loaded(current["version"], is_new=False, judged=0)
    kept = await tx.row(_KEEP, programme_id=programme.programme_id, time_zone=programme.time_zone, rules=rules)
    await tx.run(_PUT_IN_FORCE, version=kept["version"])
    waiting = await tx.rows(_WAITING)
    for row in waiting:
        await judge_incident(tx, row["incident_id"], RulesInForce(kept["version"], programme.rules))
    if (await tx.row(_ALARM_STANDS, **NO_PROGRAMME))["stands"]:
        await clear_alarm(tx, **NO_PROGRAMME)
    return Loaded(kept["version"], is_new=True, judged=len(waiting))
