"""Whether an incident is this programme's.

The programme works on conflicts of groups, crews and neighbourhoods. Other violence is routed elsewhere,
never dropped: every exclusion carries a route and the code of what the caller is to be told. Not knowing
the relationship is no reason to turn a report away.
"""

from dataclasses import dataclass

from shared.kernel.vocabulary import Relationship, ScreenedOutReason


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Relationships that belong to somebody else. `tell_the_caller` is the code of a text in the
    programme's data.
    """

    relationships: frozenset[Relationship]
    route: str
    tell_the_caller: str


@dataclass(frozen=True, slots=True)
class InScope:
    pass


@dataclass(frozen=True, slots=True)
class OutOfScope:
    relationship: Relationship
    route: str
    tell_the_caller: str
    reason: ScreenedOutReason = ScreenedOutReason.OUT_OF_SCOPE


def screen(relationship: Relationship, exclusions: tuple[Exclusion, ...]) -> InScope | OutOfScope:
    """The first exclusion that names the relationship decides."""
    for exclusion in exclusions:
        if relationship in exclusion.relationships:
            return OutOfScope(relationship, exclusion.route, exclusion.tell_the_caller)
    return InScope()
