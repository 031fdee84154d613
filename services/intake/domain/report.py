"""One report as intake works on it: what was said, by whom, about when and where."""

from dataclasses import dataclass

from services.intake.domain.activation import Timing
from services.intake.domain.facts import Facts
from services.intake.domain.sources import Trust
from shared.kernel.geo import Point
from shared.kernel.vocabulary import SourceKind


@dataclass(frozen=True, slots=True)
class Report:
    """`source` is the caller's identity, in which `source_ref` is unique. `body` is what came in, byte for byte, and
    `content_sha256` the digest of what it says. `restricted`: staff say that it is to be kept from others.
    `message_id`: what the message called itself that it came in, which may be one of several under a reference.
    """

    source: str
    source_kind: SourceKind
    trust: Trust
    source_ref: str | None
    body: str
    content_sha256: bytes
    timing: Timing
    point: Point
    accuracy_m: float | None
    facts: Facts
    exercise: bool
    restricted: bool = False
    message_id: str | None = None
