"""Attempts that are only due again wait a moment for each other, and are noted in one transaction.

Whoever answers is noted at once and waits for nobody; hundreds that hang cost some tens of transactions a second.
"""

import asyncio
from uuid import UUID

from services.alerts.usecases.messages.note_attempt import Attempt
from services.alerts.usecases.messages.note_retries import is_due_again_alone, note_retries
from shared.observability.logs import get_logger
from shared.persistence.database import Database

GATHER_S = 0.025
log = get_logger(__name__)


class Together:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[tuple[Attempt, asyncio.Future[bool]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def noted(self, attempt: Attempt) -> bool:
        """False: it is still to be noted, by itself."""
        if not is_due_again_alone(attempt):
            return False
        noted: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((attempt, noted))
        if len(self._waiting) == 1:
            task = asyncio.create_task(self._note_all())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await noted

    async def _note_all(self) -> None:
        await asyncio.sleep(GATHER_S)
        waiting, self._waiting = self._waiting, []
        done = await self._note([attempt for attempt, _ in waiting])
        for attempt, noted in waiting:
            if not noted.done():
                noted.set_result((attempt.delivery_id, attempt.number) in done)

    async def _note(self, attempts: list[Attempt]) -> set[tuple[UUID, int]]:
        try:
            return await self._db.retrying(lambda tx: note_retries(tx, attempts))
        except Exception:  # one of them that cannot be noted holds up no other: each tries alone
            log.exception("sender.settling_together_failed", attempts=len(attempts))
            return set()
