"""Which dispatches are of restricted incidents: by the flag of the incident as it was last told."""

from uuid import UUID

from shared.persistence.transaction import Transaction

NO_SUCH_DISPATCH = "no dispatch for this incident"


def restricted_in(dispatches: str) -> str:
    """A condition on a row of the table that the statement calls so. Incidents told before there was the flag have
    none.
    """
    return f"coalesce(CAST({dispatches}.incident ->> 'restricted' AS boolean), false)"


IS_RESTRICTED = restricted_in("d")
_IS_FOR_ALL = f"""
SELECT EXISTS (SELECT FROM dispatches d WHERE d.incident_id = :id AND NOT {IS_RESTRICTED}) AS found
"""  # noqa: S608 - a constant


async def is_for_all(tx: Transaction, incident_id: UUID) -> bool:
    """False if its incident is restricted, and if there is none."""
    return bool((await tx.row(_IS_FOR_ALL, id=incident_id))["found"])
