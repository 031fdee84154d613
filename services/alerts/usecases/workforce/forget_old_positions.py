"""Where somebody was is forgotten a day after it was reported, and how far from an incident, but for the kilometres, a
day after they were asked.
"""

from shared.persistence.transaction import Transaction

KEEP_HOURS = 24
_FORGET = f"""
UPDATE interrupters SET position_lat = NULL, position_lon = NULL, position_at = NULL WHERE id IN (
    SELECT id FROM interrupters WHERE position_at <= app_now() - interval '{KEEP_HOURS} hours'
    LIMIT 100 FOR UPDATE SKIP LOCKED)
"""  # noqa: S608 - a constant
_COARSEN = f"""
UPDATE offers SET distance_m = round(distance_m / 1000) * 1000 WHERE id IN (
    SELECT id FROM offers WHERE settled_at <= app_now() - interval '{KEEP_HOURS} hours'
      AND settled_at IS NOT NULL AND distance_m <> round(distance_m / 1000) * 1000
    LIMIT 100 FOR UPDATE SKIP LOCKED)
"""  # noqa: S608 - a constant


async def forget_old_positions(tx: Transaction) -> bool:
    """Some of them; False if there are none."""
    forgotten = await tx.run(_FORGET)
    return bool(forgotten + await tx.run(_COARSEN))
