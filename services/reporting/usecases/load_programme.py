"""Take over a programme's parameters: its time zone, and how fast a response should be."""

import json

from services.reporting.programme import Programme
from shared.kernel.errors import FieldError, Invalid
from shared.persistence.transaction import Transaction

_KNOWN = "SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = :name) AS known"
_REPLACE = """
INSERT INTO programme (id, programme_id, time_zone, targets_s)
VALUES (1, :programme_id, :time_zone, CAST(:targets_s AS jsonb))
ON CONFLICT (id) DO UPDATE
SET programme_id = EXCLUDED.programme_id, time_zone = EXCLUDED.time_zone, targets_s = EXCLUDED.targets_s
"""


async def load_programme(tx: Transaction, programme: Programme) -> None:
    """Replaces the one before. Raises Invalid for a time zone that the database does not know: it draws the days."""
    if not (await tx.row(_KNOWN, name=programme.time_zone))["known"]:
        raise Invalid(FieldError("/time_zone", "is not a time zone the database knows"))
    await tx.run(
        _REPLACE,
        programme_id=programme.programme_id,
        time_zone=programme.time_zone,
        targets_s=json.dumps(programme.targets_s),
    )
