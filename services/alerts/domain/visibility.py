"""Who may see and change what of the workforce. One policy for single things and lists alike.

The office, the dispatchers and the administrators see everybody; a supervisor the own organization; an interrupter
the own record. Being allowed to see is never being allowed to know where somebody is: that is for the person, the
person's supervisor and a dispatcher.
"""

from dataclasses import dataclass
from uuid import UUID

from services.alerts.domain.workforce import OwnerKind


@dataclass(frozen=True, slots=True)
class Viewer:
    """`supervises` and `worker` are set only for who has the role that goes with them. `audits`: reads every log."""

    administers: bool = False
    dispatches: bool = False
    audits: bool = False
    sees_restricted: bool = False
    supervises: UUID | None = None
    worker: UUID | None = None

    @property
    def sees_everything(self) -> bool:
        return self.administers or self.dispatches


@dataclass(frozen=True, slots=True)
class Whose:
    """The interrupter whose record it is, and the interrupter's organization."""

    interrupter: UUID
    organization: UUID


@dataclass(frozen=True, slots=True)
class EndpointOwner:
    """`id`: the interrupter, or the organization whose supervisors it is for. `organization`: an interrupter's."""

    kind: OwnerKind
    id: UUID | None = None
    organization: UUID | None = None


def sees_organization(viewer: Viewer, organization: UUID) -> bool:
    return viewer.sees_everything or _same(viewer.supervises, organization)


def sees_interrupter(viewer: Viewer, whose: Whose) -> bool:
    return viewer.sees_everything or _supervises(viewer, whose) or _is(viewer, whose)


def sees_whereabouts(viewer: Viewer, whose: Whose) -> bool:
    """Home base and position."""
    return viewer.dispatches or _supervises(viewer, whose) or _is(viewer, whose)


def may_register_interrupter(viewer: Viewer, organization: UUID) -> bool:
    return viewer.administers or _same(viewer.supervises, organization)


def may_report_position(viewer: Viewer, whose: Whose) -> bool:
    return viewer.dispatches or _is(viewer, whose)


def may_change_duty(viewer: Viewer, whose: Whose) -> bool:
    return viewer.dispatches or _supervises(viewer, whose) or _is(viewer, whose)


def may_plan_duty(viewer: Viewer, whose: Whose) -> bool:
    """Shifts, extra shifts and absences."""
    return viewer.administers or _supervises(viewer, whose)


def may_hold(viewer: Viewer, whose: Whose) -> bool:
    """Place, see and end a safety hold: whoever may have to act on it, at night the desk."""
    return viewer.dispatches or _supervises(viewer, whose)


def may_change_licences(viewer: Viewer, whose: Whose) -> bool:
    return viewer.administers or _supervises(viewer, whose)


def may_know_conflicts_of_interest(viewer: Viewer, whose: Whose) -> bool:
    return _supervises(viewer, whose)


def may_know_exposure(viewer: Viewer, whose: Whose) -> bool:
    """What somebody has seen is for them and those who care for them; the desk sends people without it."""
    return viewer.administers or _supervises(viewer, whose) or _is(viewer, whose)


def has_endpoint(viewer: Viewer, owner: EndpointOwner) -> bool:
    """Who may see an endpoint may also register and disable one for the same owner."""
    if viewer.sees_everything:
        return True
    if owner.kind is OwnerKind.INTERRUPTER:
        return _same(viewer.worker, owner.id) or _same(viewer.supervises, owner.organization)
    return owner.kind is OwnerKind.SUPERVISOR and _same(viewer.supervises, owner.id)


def _is(viewer: Viewer, whose: Whose) -> bool:
    return _same(viewer.worker, whose.interrupter)


def _supervises(viewer: Viewer, whose: Whose) -> bool:
    return _same(viewer.supervises, whose.organization)


def _same(one: UUID | None, other: UUID | None) -> bool:
    """Two absent values are not the same: no organization is not an organization."""
    return one is not None and one == other
