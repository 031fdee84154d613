"""When one incident may become part of another, and how that is undone.

A merged incident keeps its own reports, and so can be brought back as it was. Of a tree of merged incidents the root
is the event; whatever hangs below it is part of it.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shared.kernel.vocabulary import IncidentState

_RESPONDED = frozenset({IncidentState.ACTIVATED, IncidentState.CLOSED})


class MergeFault(StrEnum):
    """Why the one cannot become part of the other."""

    ITSELF = "itself"
    MERGED_ALREADY = "merged_already"
    INTO_MERGED = "into_merged"
    DRILL_AND_REAL = "drill_and_real"
    RESPONSE_WOULD_END = "response_would_end"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two incidents."""

    incident_id: UUID
    state: IncidentState
    exercise: bool


def fault_of_merging(merged: Side, survivor: Side) -> MergeFault | None:
    """None if it may be done. Neither of the two is part of another, so that no circle can arise.

    What is responded to is never merged into what nobody responds to any more, nor what was responded to into what
    nobody has responded to: the other way round is right, or what was done and is owed would be lost.
    """
    faults = (
        (MergeFault.ITSELF, merged.incident_id == survivor.incident_id),
        (MergeFault.MERGED_ALREADY, merged.state is IncidentState.MERGED),
        (MergeFault.INTO_MERGED, survivor.state is IncidentState.MERGED),
        (MergeFault.DRILL_AND_REAL, merged.exercise is not survivor.exercise),
        (MergeFault.RESPONSE_WOULD_END, _would_end(merged.state, survivor.state)),
    )
    return next((fault for fault, applies in faults if applies), None)


def _would_end(merged: IncidentState, survivor: IncidentState) -> bool:
    if merged is IncidentState.ACTIVATED:
        return survivor in {IncidentState.SCREENED_OUT, IncidentState.CLOSED}
    return merged is IncidentState.CLOSED and survivor not in _RESPONDED


class SplitFault(StrEnum):
    NONE = "none"
    NOT_ITS_OWN = "not_its_own"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class BringBack:
    """The reports are exactly those of an incident that was merged: it goes on."""

    incident_id: UUID


@dataclass(frozen=True, slots=True)
class Apart:
    """The reports tell of an event that never had an incident."""


def divide(
    asked: AbstractSet[UUID], homes: Mapping[UUID, UUID], parents: Mapping[UUID, UUID]
) -> BringBack | Apart | SplitFault:
    """`homes`: each report of the incident → where it was filed; `parents`: each merged one below it → into which.

    Of several that have just these reports the lowest goes on: those above it have none of their own any more.
    """
    if not asked:
        return SplitFault.NONE
    if not asked <= homes.keys():
        return SplitFault.NOT_ITS_OWN
    if asked == homes.keys():
        return SplitFault.ALL
    below: dict[UUID, set[UUID]] = {merged: set() for merged in parents}
    for report, home in homes.items():
        for merged in _upwards(home, parents):
            below[merged].add(report)
    depth = {merged: len(list(_upwards(merged, parents))) for merged in parents}
    exactly = [merged for merged, reports in below.items() if reports == asked]
    return BringBack(max(exactly, key=depth.__getitem__)) if exactly else Apart()


def _upwards(incident: UUID, parents: Mapping[UUID, UUID]) -> Iterable[UUID]:
    while incident in parents:
        yield incident
        incident = parents[incident]
