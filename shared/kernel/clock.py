"""The wall clock, behind a Protocol so that whoever needs real time is handed it.

Business deadlines never use it: they are judged on the database's `app_now()`. Leases, tokens, signatures and
measurements use real time and take it from here.
"""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The current instant, aware, UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def unix_ms() -> int:
    """Milliseconds since the epoch, for ids that sort by creation."""
    return time.time_ns() // 1_000_000
