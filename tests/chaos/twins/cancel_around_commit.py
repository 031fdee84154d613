"""Planted: a commit that takes long is cancelled, and whoever asked is told that nothing was saved."""

import asyncio
from typing import Any

from shared.kernel.errors import FieldError, Invalid
from shared.persistence.database import Database

# Less than a commit takes now and then, also while nothing is wrong.
PATIENCE_S = 0.003


def plant(process: str) -> None:
    commit = Database._commit  # noqa: SLF001 - the commit itself

    async def hurried(self: Database, *args: Any) -> None:
        try:
            await asyncio.wait_for(commit(self, *args), PATIENCE_S)
        except TimeoutError:
            raise Invalid(FieldError("/", "was not saved")) from None

    if process == "intake-api":
        Database._commit = hurried  # type: ignore[method-assign] # noqa: SLF001 - the defect
