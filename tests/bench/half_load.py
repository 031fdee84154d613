"""How long a report takes at half of what intake can, in an open loop, and what the machine adds to it.

In parts: after each, at the same pace, `pgbench`'s inserts, which is what the disk and the server take, and the same
process asked for what costs nothing. Judged are those during which the host took no processor time away.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.bench.figures import percentile
from tests.bench.inserting import inserts_took_ms
from tests.bench.posting import Answers, at_a_rate
from tests.support.disturbance import DISTURBED, Stolen

PARTS, MOST_PARTS, PART_S, BARE_S, NOTHING_S = 5, 8, 4.0, 2, 1.0
BARE_CONNECTIONS = 8
NOTHING = b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@dataclass(frozen=True)
class Part:
    """`stolen`: share of the processors' time that the host took away meanwhile."""

    half: Answers
    stolen: float
    bare_ms: list[float]
    nothing: Answers

    @property
    def is_undisturbed(self) -> bool:
        return self.stolen <= DISTURBED


@dataclass(frozen=True)
class HalfLoad:
    parts: Sequence[Part]

    @property
    def has_verdict(self) -> bool:
        return any(part.is_undisturbed for part in self.parts)

    @property
    def p99_ms(self) -> float:
        return self._median(0.99)

    @property
    def bare_p99_ms(self) -> float:
        return statistics.median(percentile(part.bare_ms, 0.99) for part in self.parts)

    @property
    def nothing_p99_ms(self) -> float:
        return statistics.median(percentile(part.nothing.took_ms, 0.99) for part in self.parts)

    def figures(self) -> dict[str, float]:
        undisturbed = sum(part.is_undisturbed for part in self.parts)
        each = enumerate(self.parts, 1)
        return {
            "half load p50 ms": self._median(0.5),
            "half load p99 ms, median of undisturbed parts": self.p99_ms,
            **{f"half load p99 ms, part {number}": percentile(part.half.took_ms, 0.99) for number, part in each},
            "parts undisturbed": undisturbed,
            "parts disturbed by the host": len(self.parts) - undisturbed,
            "processor time stolen, worst part, %": 100 * max(part.stolen for part in self.parts),
        }

    def _median(self, share: float) -> float:
        judged = [part for part in self.parts if part.is_undisturbed] or self.parts
        return statistics.median(percentile(part.half.took_ms, share) for part in judged)


async def at_half(port: int, take: Callable[[int], list[bytes]], dsn: str, per_second: float) -> HalfLoad:
    """Until enough parts were undisturbed, or it is clear that this host will not have it. `take`: so many requests."""
    parts: list[Part] = []
    while sum(part.is_undisturbed for part in parts) < PARTS and len(parts) < MOST_PARTS:
        stolen = Stolen()
        half = await at_a_rate(port, take(int(per_second * PART_S)), per_second=per_second)
        share = stolen.share()
        bare_ms = await inserts_took_ms(dsn, BARE_CONNECTIONS, per_second, seconds=BARE_S)
        nothing = await at_a_rate(port, [NOTHING] * int(per_second * NOTHING_S), per_second=per_second)
        parts.append(Part(half, share, bare_ms, nothing))
    return HalfLoad(parts)
