"""How well an incident is known to have happened, by who told of it.

One source counts as one voice however often it speaks. Two identities are two voices only if they do not hand on the
same record: a feed that is read by two ways is one feed. A person who looked into it outweighs them all, in both
directions: what was confirmed stays confirmed, whoever tells of it or takes it back.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

from services.intake.domain.sources import Trust, is_trusted
from shared.kernel.vocabulary import SourceKind, Verification


@dataclass(frozen=True, slots=True)
class Voice:
    """Where one report comes from: whose identity, what kind of source, and its reference there, if it has one."""

    source: str
    kind: SourceKind
    reference: str | None
    trust: Trust = Trust.BY_KIND


def weigh(voices: Iterable[Voice], trusted: AbstractSet[SourceKind], *, confirmed: bool) -> Verification:
    """`trusted`: kinds of source whose word alone counts; anybody else's alone leaves it unverified.

    Two untrusted but independent voices corroborate each other.
    """
    if confirmed:
        return Verification.CONFIRMED
    told = tuple(voices)
    if _are_several(told):
        return Verification.CORROBORATED
    if any(is_trusted(voice.kind, voice.trust, trusted) for voice in told):
        return Verification.SINGLE_SOURCE
    return Verification.UNVERIFIED


def _are_several(voices: tuple[Voice, ...]) -> bool:
    records: dict[str, set[tuple[SourceKind, str]]] = {}
    for voice in voices:
        known = records.setdefault(voice.source, set())
        if voice.reference is not None:
            known.add((voice.kind, voice.reference))
    return any(one.isdisjoint(other) for one, other in combinations(records.values(), 2))
