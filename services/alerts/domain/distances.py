"""Distances as they are kept: nobody's place can be found from them, and every decision still follows from them.

A few exact distances from known incidents tell where somebody lives. So they are kept as coarse as they can be without
another order of people coming out: in whole kilometres, or on the same side of a radius step, and who is nearer.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from itertools import count, pairwise
from math import floor


def coarse_m(distance_m: float) -> float:
    """Whole kilometres."""
    return round(distance_m / 1000) * 1000.0


def pressed(distances_m: Collection[int], radius_steps_m: Iterable[float | None]) -> Mapping[int, int]:
    """Of each distance the one that is kept instead: pressed towards the lower end of the stretch that comes to the
    same kilometre and radius step, in the same order, as if people stood a metre apart there.
    """
    ordered = sorted(set(distances_m))
    begins = _stretches(max(ordered, default=0), radius_steps_m)
    places = pairwise([*(bisect_left(ordered, one) for one in begins), len(ordered)])
    found: dict[int, int] = {}
    for least, (first, behind) in zip(begins, places, strict=True):
        found.update(zip(ordered[first:behind], count(least)))
    return found


def _stretches(far_m: int, radius_steps_m: Iterable[float | None]) -> list[int]:
    """Where each begins. Half a kilometre is rounded to the even side."""
    kilometres = (number * 1000 - 500 + number % 2 for number in range(1, far_m // 1000 + 2))
    return sorted({0, *kilometres, *(floor(radius_m) + 1 for radius_m in radius_steps_m if radius_m is not None)})
