"""A dispatch policy: who is wanted, how long is waited. A running dispatch keeps the one it was opened with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from shared.kernel.vocabulary import DispatchRole


@dataclass(frozen=True)
class Policy:
    """`radius_m` None: no limit. `location_max_age`: an older position is not believed, the home base counts."""

    name: str
    version: int
    roles: Mapping[DispatchRole, int]
    parallel_offers: int
    acknowledge_within: timedelta
    accept_within: timedelta
    undelivered_after: timedelta
    location_max_age: timedelta
    rest: timedelta
    radius_m: float | None
    page_repeat: timedelta
    activation_max_age: timedelta
