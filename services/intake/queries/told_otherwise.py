"""What a person turned away and a report has since made another kind of event: nobody has looked at it again.

A person who screens out, brings back or corrects the kind has looked. What policy does meanwhile, and areas drawn anew,
say nothing of it. Of old decisions the office is unknown: policy's were not kept then.
"""

from uuid import UUID

from shared.persistence.transaction import Transaction

_SINCE = """
SELECT {since} FROM decisions d
WHERE d.decision = 'reclassify' AND d.decided_as = 'policy'
  AND NOT EXISTS (SELECT FROM decisions p WHERE p.incident_id = d.incident_id AND p.version > d.version
                  AND p.decision IN ('screen_out', 'reopen', 'reclassify') AND p.decided_as IS DISTINCT FROM 'policy')
  AND EXISTS (SELECT FROM decisions p WHERE p.incident_id = d.incident_id AND p.version < d.version
              AND p.decision = 'screen_out' AND p.decided_as IS DISTINCT FROM 'policy')
"""
IN_QUEUE = f"state = 'screened_out' AND id IN ({_SINCE.format(since='d.incident_id')})"
IN_QUEUE_SINCE = f"({_SINCE.format(since='min(d.decided_at)')} AND d.incident_id = incidents.id)"
_IS = f"SELECT EXISTS (SELECT FROM incidents WHERE id = :id AND {IN_QUEUE}) AS found"  # noqa: S608 - constants


async def is_told_otherwise(tx: Transaction, incident_id: UUID) -> bool:
    return bool((await tx.row(_IS, id=incident_id))["found"])
