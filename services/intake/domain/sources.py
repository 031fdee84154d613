"""What kind of source a report comes from.

It is a property of the caller's identity, never of what they write. Only the programme's own staff, who take down
what others tell them, name the kind of source they were told by; it then counts as that source's report.
"""

from dataclasses import dataclass

from shared.kernel.vocabulary import SourceKind


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
