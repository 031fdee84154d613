"""Refusals: facts about why something asked for did not happen.

A use case raises one of these; the transaction rolls back and the edge (HTTP, command line) says it in its own words.
Texts never contain what was sent.
"""

from dataclasses import dataclass
from typing import ClassVar


class Refused(Exception):
    """The request was understood and is not carried out; nothing was stored."""

    slug: ClassVar[str] = "refused"


class NotFound(Refused):
    """No such thing, or not one the caller may know of. Both look alike on purpose."""

    slug = "not-found"


class NotAllowed(Refused):
    """The caller is known and may not do this."""

    slug = "not-allowed"


class StateConflict(Refused):
    """The thing exists and its present state does not admit the transition."""

    slug = "state-conflict"

    def __init__(self, text: str, *, state: str) -> None:
        super().__init__(text)
        self.state = state


class NotEligible(StateConflict):
    """A person who is not to have this: `reasons` are the codes of the rules that say so."""

    slug = "not-eligible"

    def __init__(self, text: str, *, state: str, reasons: tuple[str, ...]) -> None:
        super().__init__(text, state=state)
        self.reasons = reasons


class AlreadyExists(Refused):
    """Something with this natural key is there already, and differs."""

    slug = "already-exists"


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field. `pointer` is a JSON Pointer (RFC 6901) into the request body."""

    pointer: str
    detail: str


class Invalid(Refused):
    """Well-formed, and breaks a rule that spans fields or needs stored facts."""

    slug = "invalid"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("; ".join(f"{error.pointer} {error.detail}".lstrip() for error in errors))
        self.errors = errors


class TooMany(Refused):
    """More than this caller may ask for in so short a time."""

    slug = "too-many"

    def __init__(self, text: str, *, wait_s: int) -> None:
        super().__init__(text)
        self.wait_s = wait_s


class Unavailable(Refused):
    """Something this depends on is away for the moment; the same request may be sent again."""

    slug = "unavailable"
