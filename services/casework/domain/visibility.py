"""Who may see what in casework. One policy for lists and single things alike; there is no role for police in it.

A list asks `reach_of` and narrows its query by the Reach; a single thing is held against the same Reach here.
"""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody of the programme. Without `organization` only the office sees anything of others.

    `sees_restricted`: one of the roles that do.
    """

    subject: str
    organization: UUID | None = None
    worker: UUID | None = None
    is_supervisor: bool = False
    is_office: bool = False
    sees_restricted: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """Every case, or the cases of one organization and those offered to one worker just now."""

    everything: bool
    organization: UUID | None
    offered_to: UUID | None


@dataclass(frozen=True, slots=True)
class CaseOutline:
    """`offered_to` is the receiver of the open handoff, if there is one."""

    owner_organization: UUID
    offered_to: UUID | None = None


@dataclass(frozen=True, slots=True)
class HandoffOutline:
    from_organization: UUID
    to_worker: UUID
    to_organization: UUID


def reach_of(caller: Caller) -> Reach:
    return Reach(everything=caller.is_office, organization=caller.organization, offered_to=caller.worker)


def may_see_case(reach: Reach, case: CaseOutline) -> bool:
    return (
        reach.everything
        or _same(reach.organization, case.owner_organization)
        or _same(reach.offered_to, case.offered_to)
    )


def may_see_participant(reach: Reach, registered_by: UUID | None, cases: tuple[CaseOutline, ...]) -> bool:
    """The organization that registered the reference, and whoever may see one of its cases."""
    if reach.everything or _same(reach.organization, registered_by):
        return True
    return any(may_see_case(reach, case) for case in cases)


def may_see_handoff(caller: Caller, handoff: HandoffOutline) -> bool:
    """Both sides, also when it is settled: the organization that asks, the receiver, the receiver's supervisor."""
    if caller.is_office or _same(caller.organization, handoff.from_organization):
        return True
    if _same(caller.worker, handoff.to_worker):
        return True
    return caller.is_supervisor and _same(caller.organization, handoff.to_organization)


def may_see_follow_up(caller: Caller, community: str | None, covered: frozenset[str], *, restricted: bool) -> bool:
    """`covered`: the communities that the caller's organization covers today. What lies in none is the office's.

    `restricted`: its incident is.
    """
    if restricted and not caller.sees_restricted:
        return False
    return caller.is_office or (community is not None and community in covered)


def may_open_case_for(caller: Caller, organization: UUID) -> bool:
    return caller.is_office or _same(caller.organization, organization)


def _same(one: UUID | None, other: UUID | None) -> bool:
    """Two absent values are not the same: no organization is not an organization."""
    return one is not None and one == other
