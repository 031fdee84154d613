"""The owner of a case is responsible until somebody else has said yes, and says it alone."""

from dataclasses import replace

import pytest

from services.casework.domain.custody import (
    MOST_HANDOFFS,
    Answer,
    Custody,
    Ground,
    Handoff,
    Worker,
    against_assigning,
    against_requesting,
    against_settling,
)
from services.casework.domain.visibility import Caller
from shared.kernel.ids import random_id
from shared.kernel.vocabulary import CaseState, HandoffState

ORG, OTHER_ORG = random_id(), random_id()
OWNER, COLLEAGUE, RECEIVER = random_id(), random_id(), random_id()
CASE = Custody(CaseState.ENGAGED, ORG, OWNER)
owner = Caller("owner", ORG, OWNER)
colleague = Caller("colleague", ORG, COLLEAGUE)
supervisor = Caller("supervisor", ORG, is_supervisor=True)
other_supervisor = Caller("other-supervisor", OTHER_ORG, is_supervisor=True)
receiver = Caller("receiver", OTHER_ORG, RECEIVER)
office = Caller("office", is_office=True)
receiving_worker = Worker(RECEIVER, OTHER_ORG, active=True)
ASKED = Handoff(HandoffState.REQUESTED, ORG, RECEIVER, OTHER_ORG, requested_by="owner")


@pytest.mark.parametrize("caller", [owner, supervisor])
def test_the_owner_or_a_supervisor_of_the_organization_asks_an_active_worker(caller: Caller) -> None:
    assert against_requesting(CASE, caller, receiving_worker) is None


@pytest.mark.parametrize("caller", [colleague, other_supervisor, receiver, office])
def test_nobody_else_gives_a_case_away(caller: Caller) -> None:
    assert against_requesting(CASE, caller, receiving_worker) is Ground.NOT_ENTITLED


def test_somebody_without_a_worker_record_does_not_own_a_case_without_an_owner() -> None:
    nobody = Caller("nobody", ORG)
    assert against_requesting(replace(CASE, owner_worker=None), nobody, receiving_worker) is Ground.NOT_ENTITLED


@pytest.mark.parametrize(
    ("case", "ground"),
    [
        (replace(CASE, owner_worker=None), Ground.NO_OWNER),
        (replace(CASE, state=CaseState.CLOSED), Ground.CASE_CLOSED),
        (replace(CASE, handoffs=(HandoffState.REJECTED,) * MOST_HANDOFFS), Ground.TOO_MANY_HANDOFFS),
    ],
)
def test_some_cases_cannot_be_handed_over(case: Custody, ground: Ground) -> None:
    assert against_requesting(case, supervisor, receiving_worker) is ground


@pytest.mark.parametrize(
    ("worker", "ground"),
    [
        (None, Ground.UNKNOWN_WORKER),
        (replace(receiving_worker, active=False), Ground.UNKNOWN_WORKER),
        (Worker(OWNER, ORG, active=True), Ground.IS_OWNER),
    ],
)
def test_some_workers_cannot_receive(worker: Worker | None, ground: Ground) -> None:
    assert against_requesting(CASE, owner, worker) is ground


def test_a_supervisor_assigns_to_an_active_worker_of_the_own_organization() -> None:
    assert against_assigning(CASE, supervisor, Worker(COLLEAGUE, ORG, active=True)) is None
    assert against_assigning(CASE, supervisor, receiving_worker) is Ground.OTHER_ORGANIZATION
    assert against_assigning(CASE, supervisor, Worker(COLLEAGUE, ORG, active=False)) is Ground.UNKNOWN_WORKER
    assert against_assigning(CASE, supervisor, None) is Ground.UNKNOWN_WORKER


@pytest.mark.parametrize("caller", [owner, other_supervisor, office])
def test_nobody_else_assigns(caller: Caller) -> None:
    assert against_assigning(CASE, caller, Worker(COLLEAGUE, ORG, active=True)) is Ground.NOT_ENTITLED


@pytest.mark.parametrize(
    ("case", "ground"),
    [
        (replace(CASE, handoffs=(HandoffState.REJECTED, HandoffState.REQUESTED)), Ground.HANDOFF_OPEN),
        (replace(CASE, state=CaseState.CLOSED), Ground.CASE_CLOSED),
    ],
)
def test_some_cases_cannot_be_assigned(case: Custody, ground: Ground) -> None:
    assert against_assigning(case, supervisor, Worker(COLLEAGUE, ORG, active=True)) is ground


@pytest.mark.parametrize(
    ("answer", "entitled"),
    [
        (Answer.ACCEPT, {"receiver"}),
        (Answer.REJECT, {"receiver", "other-supervisor"}),
        (Answer.REVOKE, {"owner", "supervisor"}),
    ],
)
def test_who_may_answer(answer: Answer, entitled: set[str]) -> None:
    everybody = (owner, colleague, supervisor, other_supervisor, receiver, office)
    free = {who.subject for who in everybody if against_settling(ASKED, answer, who, receiving_worker) is None}
    assert free == entitled


@pytest.mark.parametrize("state", [state for state in HandoffState if state is not HandoffState.REQUESTED])
@pytest.mark.parametrize(("answer", "who"), [(Answer.ACCEPT, receiver), (Answer.REVOKE, owner)])
def test_a_settled_handoff_stays_settled(state: HandoffState, answer: Answer, who: Caller) -> None:
    settled = replace(ASKED, state=state)
    assert against_settling(settled, answer, who, receiving_worker) is Ground.ALREADY_SETTLED


@pytest.mark.parametrize(
    "now", [None, replace(receiving_worker, active=False), replace(receiving_worker, organization_id=ORG)]
)
def test_who_has_left_the_organization_that_was_asked_cannot_accept_but_can_reject(now: Worker | None) -> None:
    assert against_settling(ASKED, Answer.ACCEPT, receiver, now) is Ground.RECEIVER_LEFT
    assert against_settling(ASKED, Answer.REJECT, receiver, now) is None
