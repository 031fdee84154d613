"""How a service's stream trades latency for work per transaction."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Sized by what waits on it.

    `batch`: most records in one transaction. `linger_ms`: how long records may be gathered before they are read.
    `relay_pause_s`: how long the relay gathers after it has sent something; 0 where people wait for its events.
    """

    batch: int
    linger_ms: int = 0
    relay_pause_s: float = 0.0
