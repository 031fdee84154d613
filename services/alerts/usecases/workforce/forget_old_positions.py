"""Where somebody was is forgotten a day after it was reported."""

from shared.persistence.transaction import Transaction

KEEP_HOURS = 24
_FORGET = f"""
UPDATE interrupters SET position_lat = NULL, position_lon = NULL, position_at = NULL WHERE id IN (
    SELECT id FROM interrupters WHERE position_at <= app_now() - interval '{KEEP_HOURS} hours'
    LIMIT 100 FOR UPDATE SKIP LOCKED)
"""  # noqa: S608 - a constant


async def forget_old_positions(tx: Transaction) -> bool:
    """Some of them; False if there are none."""
    return bool(await tx.run(_FORGET))
