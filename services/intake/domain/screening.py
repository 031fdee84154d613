"""Whether an incident is this programme's.

The programme works on conflicts of groups, crews and neighbourhoods. Other violence is routed elsewhere,
never dropped: every exclusion carries a route and the code of what the caller is to be told. Not knowing
the relationship is no reason to turn a report away.
"""

from dataclasses import dataclass

from shared.kernel.vocabulary import IncidentKind, Relationship, ScreenedOutReason


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What belongs to somebody else: these relationships, these kinds, or, where both are named, the two together.
    `tell_the_caller` is the code of a text in the programme's data.
    """

    route: str
    tell_the_caller: str
    relationships: frozenset[Relationship] = frozenset()
    kinds: frozenset[IncidentKind] = frozenset()


@dataclass(frozen=True, slots=True)
class Screened:
    """What is known of an incident, as far as it says whose it is."""

    kind: IncidentKind
    relationship: Relationship
    believed_group_related: bool | None = None


@dataclass(frozen=True, slots=True)
class InScope:
    pass


@dataclass(frozen=True, slots=True)
class OutOfScope:
    route: str
    tell_the_caller: str
    reason: ScreenedOutReason = ScreenedOutReason.OUT_OF_SCOPE


def screen(incident: Screened, exclusions: tuple[Exclusion, ...]) -> InScope | OutOfScope:
    """The first exclusion that holds decides."""
    for exclusion in exclusions:
        if _holds(exclusion, incident):
            return OutOfScope(exclusion.route, exclusion.tell_the_caller)
    return InScope()


def _holds(exclusion: Exclusion, incident: Screened) -> bool:
    """A kind says less of whose it is than that a group is behind it."""
    if exclusion.relationships and incident.relationship not in exclusion.relationships:
        return False
    if not exclusion.kinds:
        return bool(exclusion.relationships)
    return incident.kind in exclusion.kinds and not incident.believed_group_related
