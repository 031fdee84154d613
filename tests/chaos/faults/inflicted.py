"""What a fault tells of itself when it is over."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Inflicted:
    """`back_at`: the wall-clock time from which the path must get going again, where something was away.

    `ended_in_s`: how long a process took to end when asked to. `refused`: why this machine did not let it happen.
    `missed`: nothing came by where it waited, so nothing happened.
    """

    target: str
    detail: str = ""
    back_at: float | None = None
    ended_in_s: float | None = None
    refused: str = ""
    missed: bool = False
