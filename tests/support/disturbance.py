"""How much of the processors others on the same host took away meanwhile: a figure measured then is theirs, not ours.

Source: Linux' /proc/stat, proc(5): the field `steal`, ticks of 10 ms over all processors.
"""

import os
import time
from pathlib import Path

# Beyond this share a burst is measured again, and both are told.
DISTURBED = 0.02
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Stolen:
    """Share of all processors' time, 0–1, since it was made."""

    def __init__(self) -> None:
        self._began, self._ticks = time.perf_counter(), _stolen_ticks()

    def share(self) -> float:
        return self.seconds() / ((time.perf_counter() - self._began) * (os.cpu_count() or 1))

    def seconds(self) -> float:
        """Of all processors together."""
        return (_stolen_ticks() - self._ticks) / _TICKS_PER_S


def _stolen_ticks() -> int:
    return int(Path("/proc/stat").read_text().split("\n", 1)[0].split()[8])
