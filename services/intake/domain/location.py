"""Which area a point belongs to, out of the areas found around it.

The least distance wins, 0 meaning inside. Areas overlap by a few metres
at some borders; where several are equally far (all those that contain the point are at 0) the first id in the
alphabet is taken, so that the same point always answers the same.
"""

from collections.abc import Iterable
from typing import NamedTuple


class NearArea(NamedTuple):
    """`distance_m` is 0 inside the area and on its border, else how far outside."""

    area_id: str
    distance_m: float


def choose_area(candidates: Iterable[NearArea], *, within_m: float) -> NearArea | None:
    reachable = (area for area in candidates if area.distance_m <= within_m)
    return min(reachable, key=lambda area: (area.distance_m, area.area_id), default=None)
