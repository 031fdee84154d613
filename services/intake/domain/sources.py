"""Who a report comes from, what kind of source that is, and how far its word goes.

The kind is a property of the caller's identity, never of what they write: what the office registered, else what the
token says. Only the programme's own staff, who take down what others tell them, name the kind of source they were told
by; it then counts as that source's report.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from shared.kernel.vocabulary import SourceKind

MINUTE = timedelta(minutes=1)


class Trust(StrEnum):
    """`by_kind`: as the policy trusts the source's kind. `trusted` activates whatever its kind, `limited` never."""

    TRUSTED = "trusted"
    BY_KIND = "by_kind"
    LIMITED = "limited"


@dataclass(frozen=True, slots=True)
class Speaker:
    """`source` is the caller's identity. `is_new`: it was never heard of before."""

    source: str
    kind: SourceKind
    trust: Trust = Trust.BY_KIND
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class UnknownSource:
    """The caller's identity does not say what kind of source it is."""


@dataclass(frozen=True, slots=True)
class NotTheirs:
    """Only staff report on behalf of others."""


def source_of(
    claimed: str | None, on_behalf_of: SourceKind | None, *, staff: bool
) -> SourceKind | UnknownSource | NotTheirs:
    """`claimed`: what the caller's identity says. `staff`: whether its roles are those of the programme's staff."""
    kinds = {kind.value: kind for kind in SourceKind}
    caller = SourceKind.STAFF if claimed is None and staff else kinds.get(str(claimed))
    if caller is None:
        return UnknownSource()
    if on_behalf_of is None:
        return caller
    return on_behalf_of if caller is SourceKind.STAFF else NotTheirs()


def is_trusted(kind: SourceKind, trust: Trust, trusted_kinds: AbstractSet[SourceKind]) -> bool:
    """Whether what this source says may page people without a dispatcher."""
    if trust is Trust.BY_KIND:
        return kind in trusted_kinds
    return trust is Trust.TRUSTED


def default_limit(kind: SourceKind) -> int | None:
    """Reports per minute of who registers by itself. Feeds come in bursts and are few; residents are many, and each
    writes by hand.
    """
    return 600 if kind is SourceKind.RESIDENT else None


def left_in_minute(limit: int, taken: int) -> int:
    """How many more reports may be taken of a source that has said `taken` in the last minute."""
    return max(0, limit - taken)


def wait_s(in_the_way: datetime | None, now: datetime) -> int:
    """Whole seconds until the report that is in the way of another does not count any more; at least one. With none
    so far, whatever will be in the way is let in from now on, and counts for a whole minute.
    """
    return max(1, ceil(((in_the_way or now) + MINUTE - now).total_seconds()))
