"""Whoever becomes able to be asked re-opens what had nobody left: the engine ranks those dispatches again."""

from shared.persistence.transaction import Transaction

# In id order, so that two people coming on duty at once do not wait for each other in a circle.
_ASK = """
UPDATE dispatches SET reconsider_at = app_now()
WHERE incident_id IN (SELECT incident_id FROM dispatches WHERE state = 'exhausted' ORDER BY incident_id FOR UPDATE)
"""


async def ask_to_reconsider(tx: Transaction) -> None:
    """Call it before any interrupter's row is locked: a dispatch is always locked first."""
    await tx.run(_ASK)
    tx.wakes = True
