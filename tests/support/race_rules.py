"""What must hold in the alerts database whoever was quicker: each rule is one statement that finds what breaks it.

They hold after every transaction, so they may be asked while others go on; that of practice once the engine has looked.
"""

from collections.abc import Mapping

from services.alerts.usecases.responding.end_practice import AT_BOTH, end_practice
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction
from tests.support.waiting import a_moment

MOST_LOOKS, LOOK_EVERY_MS = 250, 4.0
PRACTISES = f"SELECT a.interrupter_id FROM {AT_BOTH}"
RULES: Mapping[str, str] = {
    "somebody has two incidents": """
SELECT interrupter_id FROM assignments WHERE state IN ('accepted', 'en_route', 'on_scene')
GROUP BY interrupter_id, exercise HAVING count(*) > 1""",
    "somebody is asked twice": """
SELECT interrupter_id FROM offers WHERE state IN ('open', 'acknowledged')
GROUP BY interrupter_id, exercise HAVING count(*) > 1""",
    "somebody practises beside real work": PRACTISES,
    "more have a role than are wanted": """
SELECT incident_id FROM assignments WHERE state IN ('accepted', 'en_route', 'on_scene', 'cleared')
GROUP BY incident_id, role HAVING count(*) > :quota""",
    "a yes without an assignment, or the other way round": """
SELECT o.id FROM offers o LEFT JOIN assignments a ON a.offer_id = o.id
WHERE (o.state = 'accepted') <> (a.id IS NOT NULL)""",
    "nobody is asked and nobody is told so": """
SELECT d.incident_id FROM dispatches d WHERE d.state = 'open'
AND NOT EXISTS (SELECT FROM offers o WHERE o.incident_id = d.incident_id AND o.state IN ('open', 'acknowledged'))""",
    "somebody is asked in vain": """
SELECT d.incident_id FROM dispatches d JOIN offers o USING (incident_id)
WHERE d.state IN ('staffed', 'closed', 'stood_down') AND o.state IN ('open', 'acknowledged')""",
    "somebody is at work where all has ended": """
SELECT d.incident_id FROM dispatches d JOIN assignments a USING (incident_id)
WHERE d.state IN ('closed', 'stood_down') AND a.state IN ('accepted', 'en_route', 'on_scene')""",
    "staffed is not what it says": """
SELECT d.incident_id FROM dispatches d WHERE d.state NOT IN ('closed', 'stood_down')
AND (d.state = 'staffed') <> (:quota = (
    SELECT count(*) FROM assignments a WHERE a.incident_id = d.incident_id
    AND a.state IN ('accepted', 'en_route', 'on_scene', 'cleared')))""",
    "somebody was relieved by no decision": """
SELECT a.id FROM assignments a LEFT JOIN overrides o ON o.relieved_id = a.id
WHERE (a.state = 'reassigned') <> (o.relieved_id IS NOT NULL)""",
    "events of one incident are missing or doubled": """
SELECT key FROM outbox WHERE topic = 'alerts.dispatches' GROUP BY key
HAVING count(*) <> max(CAST(headers ->> 'ce_aggregateversion' AS int))
    OR count(*) <> count(DISTINCT headers ->> 'ce_aggregateversion')""",
}


async def broken_rules(tx: Transaction, quota: int) -> list[str]:
    """The names of those that something breaks."""
    found = []
    for name, rule in RULES.items():
        parameters = {"quota": quota} if ":quota" in rule else {}
        if await tx.rows(rule, **parameters):
            found.append(name)
    return found


async def practice_ends(db: Database) -> None:
    """As the engine has it; the sender may have a drill locked at that moment, and is not waited for."""
    for _ in range(MOST_LOOKS):
        while await db.retrying(end_practice):
            pass
        async with db.transaction() as tx:
            if not await tx.rows(PRACTISES):
                return
        await a_moment(LOOK_EVERY_MS)
