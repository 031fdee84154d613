"""Who may see and change what of the workforce, as one table."""

from collections.abc import Callable

import pytest

from services.alerts.domain import visibility
from services.alerts.domain.visibility import EndpointOwner, Viewer, Whose
from services.alerts.domain.workforce import OwnerKind
from shared.kernel.ids import new_id

OURS, THEIRS = new_id(), new_id()
HERON, KESTREL = Whose(new_id(), OURS), Whose(new_id(), THEIRS)
VIEWERS = {
    "office": Viewer(administers=True),
    "dispatcher": Viewer(dispatches=True),
    "supervisor": Viewer(supervises=OURS),
    "heron": Viewer(worker=HERON.interrupter),
    "nobody": Viewer(),
}
Rule = Callable[[Viewer, Whose], bool]
OF_HERON: dict[Rule, set[str]] = {
    visibility.sees_interrupter: {"office", "dispatcher", "supervisor", "heron"},
    visibility.sees_whereabouts: {"dispatcher", "supervisor", "heron"},
    visibility.may_report_position: {"dispatcher", "heron"},
    visibility.may_change_duty: {"dispatcher", "supervisor", "heron"},
    visibility.may_change_licences: {"office", "supervisor"},
    visibility.may_plan_duty: {"office", "supervisor"},
    visibility.may_hold: {"dispatcher", "supervisor"},
    visibility.may_know_conflicts_of_interest: {"supervisor"},
}
EVERYWHERE: dict[Rule, set[str]] = {
    visibility.sees_interrupter: {"office", "dispatcher"},
    visibility.sees_whereabouts: {"dispatcher"},
    visibility.may_report_position: {"dispatcher"},
    visibility.may_change_duty: {"dispatcher"},
    visibility.may_change_licences: {"office"},
    visibility.may_plan_duty: {"office"},
    visibility.may_hold: {"dispatcher"},
    visibility.may_know_conflicts_of_interest: set(),
}


def who(allowed: Callable[[Viewer], bool]) -> set[str]:
    return {name for name, viewer in VIEWERS.items() if allowed(viewer)}


@pytest.mark.parametrize("rule", OF_HERON)
def test_of_one_interrupter(rule: Rule) -> None:
    assert who(lambda viewer: rule(viewer, HERON)) == OF_HERON[rule]
    assert who(lambda viewer: rule(viewer, KESTREL)) == EVERYWHERE[rule]


def test_of_one_organization() -> None:
    assert who(lambda viewer: visibility.sees_organization(viewer, OURS)) == {"office", "dispatcher", "supervisor"}
    assert who(lambda viewer: visibility.sees_organization(viewer, THEIRS)) == {"office", "dispatcher"}
    assert who(lambda viewer: visibility.may_register_interrupter(viewer, OURS)) == {"office", "supervisor"}
    assert who(lambda viewer: visibility.may_register_interrupter(viewer, THEIRS)) == {"office"}


@pytest.mark.parametrize(
    ("owner", "allowed"),
    [
        (EndpointOwner(OwnerKind.INTERRUPTER, HERON.interrupter, OURS), {"supervisor", "heron"}),
        (EndpointOwner(OwnerKind.INTERRUPTER, KESTREL.interrupter, THEIRS), set()),
        (EndpointOwner(OwnerKind.SUPERVISOR, OURS), {"supervisor"}),
        (EndpointOwner(OwnerKind.SUPERVISOR, THEIRS), set()),
        (EndpointOwner(OwnerKind.DUTY_DISPATCHER), set()),
    ],
)
def test_of_one_endpoint(owner: EndpointOwner, allowed: set[str]) -> None:
    assert who(lambda viewer: visibility.has_endpoint(viewer, owner)) == allowed | {"office", "dispatcher"}
