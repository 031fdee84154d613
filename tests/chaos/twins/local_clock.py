"""Planted: deadlines are judged by the machine's own clock, which is a minute ahead of the database's."""

from datetime import UTC, datetime, timedelta

from shared.persistence.transaction import Transaction

AHEAD = timedelta(minutes=1)


def plant(process: str) -> None:
    async def now(self: Transaction) -> datetime:
        return datetime.now(UTC) + AHEAD

    if process == "alerts-engine":
        Transaction.now = now  # type: ignore[method-assign] # the defect
