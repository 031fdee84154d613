"""When a person at the desk gives a role by hand: whose place it takes, and which rules may be set aside.

A rule is set aside only by name, so that nobody sends somebody off duty or without standing by accident; those that
protect the person or the people at the scene are never set aside.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.kernel.vocabulary import Decider, DispatchRole, LeftOut, OverrideReason

_NEVER_SET_ASIDE = frozenset(
    {
        LeftOut.INACTIVE,
        LeftOut.SAFETY_HOLD,
        LeftOut.WITHOUT_ROLE,
        LeftOut.CONFLICT_OF_INTEREST,
        LeftOut.COMMITTED,
    }
)
# They keep people from being asked again; who is sent is not asked.
_ABOUT_QUESTIONS = frozenset({LeftOut.OFFERED, LeftOut.ASKED_BEFORE})


@dataclass(frozen=True, slots=True)
class Desk:
    """Who decides. `organization`: a supervisor's; without one a supervisor decides about nobody."""

    subject: str
    office: Decider
    organization: UUID | None = None

    def decides_about(self, organization: UUID | None) -> bool:
        """Of whose organization the person is that is sent, or relieved."""
        own = self.organization is not None and self.organization == organization
        return own or self.office is Decider.DISPATCHER


@dataclass(frozen=True, slots=True)
class Override:
    """What is wanted. `instead_of`: whom to relieve; None: whoever alone has the role, or nobody while there is room.

    `despite`: the rules that the desk knows of and sets aside.
    """

    role: DispatchRole
    interrupter_id: UUID
    instead_of: UUID | None
    reason: OverrideReason
    despite: frozenset[LeftOut]


@dataclass(frozen=True, slots=True)
class Permitted:
    """`despite`: those that held, in the order of the rules."""

    despite: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Forbidden:
    reasons: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Rules that may be set aside, and that the desk has not named."""

    reasons: tuple[LeftOut, ...]


def permit(hindrances: Sequence[LeftOut], despite: Collection[LeftOut]) -> Permitted | Forbidden | Unnamed:
    if never := tuple(reason for reason in hindrances if reason in _NEVER_SET_ASIDE):
        return Forbidden(never)
    soft = tuple(reason for reason in hindrances if reason not in _ABOUT_QUESTIONS)
    if unnamed := tuple(reason for reason in soft if reason not in despite):
        return Unnamed(unnamed)
    return Permitted(soft)


@dataclass(frozen=True, slots=True)
class Relieve:
    """None: there is room, nobody has to go."""

    interrupter_id: UUID | None


@dataclass(frozen=True, slots=True)
class NotThere:
    """Whoever is to be relieved does not have the role (any more)."""


@dataclass(frozen=True, slots=True)
class WhoOf:
    """Several people have the role: it must be said whom to relieve."""


@dataclass(frozen=True, slots=True)
class Done:
    """The role was filled, and nobody is at it any more."""


def relieved(active: Sequence[UUID], *, instead_of: UUID | None, has_room: bool) -> Relieve | NotThere | WhoOf | Done:
    """Whose place is taken. `active`: those who are at the role now; `has_room`: fewer have or had it than wanted."""
    if instead_of is not None:
        return Relieve(instead_of) if instead_of in active else NotThere()
    if has_room:
        return Relieve(None)
    if not active:
        return Done()
    return Relieve(active[0]) if len(active) == 1 else WhoOf()
