"""Patience: how long and how often one piece of work may fail in ways that may pass by themselves.

A database that is away is waited for without end, elsewhere. Here is what is always about one piece of work: a time
limit that it overran, and conflicts with others' transactions. Both may be an accident, so nothing is judged by one
failure; neither is repeated for ever, because one record must not hold a partition.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.messaging.consumer.fetch import Fetcher
from shared.persistence.sqlstate import sqlstate

# Above the database's lock timeout: whoever waits for a lock is told so first, and waits on.
WORK_LIMIT_S = 20.0
TRIES = 3
_PAUSE_S = 1.0
CONFLICTS = 10
_CONFLICT = ("40001", "40P01")
_CANCELLED = "57014"


class TookTooLong(Exception):
    """The work was given up before its commit: it hung, or a statement did."""


class ConflictsForEver(Exception):
    """Each try ended in a conflict with another transaction. The text is the SQLSTATE."""


class Patience:
    """With one piece of work, from its first try to its last."""

    def __init__(self) -> None:
        self._conflicts = 0
        self._tries = 0

    @asynccontextmanager
    async def bounded(self) -> AsyncIterator[None]:
        """Around one try, without its commit. Raises TookTooLong or ConflictsForEver."""
        limit = asyncio.timeout(WORK_LIMIT_S)
        try:
            async with limit:
                yield
        except TimeoutError as error:
            if limit.expired():
                raise TookTooLong from error
            raise
        except Exception as error:
            self._conflicts += sqlstate(error) in _CONFLICT
            if self._conflicts >= CONFLICTS:
                # Not "from error": what an error was caused by counts when it is asked whether it may pass.
                raise ConflictsForEver(sqlstate(error)) from None
            raise

    async def allows_another_try(self, error: Exception, fetcher: Fetcher) -> bool:
        """After a pause. Only a time limit may have been an accident; a rule that was broken stays broken."""
        self._tries += 1
        if self._tries > TRIES or not (isinstance(error, TookTooLong) or sqlstate(error) == _CANCELLED):
            return False
        fetcher.tries += 1
        await asyncio.sleep(_PAUSE_S)
        return True
