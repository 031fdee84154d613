"""A person at the desk gives somebody a role by hand, where nobody has it or instead of whoever has it.

Decided under the dispatch's lock, and written down in the same transaction: who decided, in which office, why, and
which rules were set aside. Whoever is relieved and whoever is sent are both told.
"""

from uuid import UUID

from services.alerts.domain.assignments import ACTIVE
from services.alerts.domain.eligibility import hindrances
from services.alerts.domain.override import (
    Desk,
    Done,
    Forbidden,
    NotThere,
    Override,
    Relieve,
    Unnamed,
    WhoOf,
    permit,
    relieved,
)
from services.alerts.queries.dispatches import Dispatch, lock_dispatch
from services.alerts.queries.offers import who_has_it
from services.alerts.queries.standing import Standing, standing
from services.alerts.tables import AssignmentRow
from services.alerts.usecases.dispatching.reconsider_exhausted import ask_to_reconsider
from services.alerts.usecases.dispatching.settle_offer import tell
from services.alerts.usecases.dispatching.staff_roles import staff_roles
from services.alerts.usecases.responding.give_role import give_role
from services.alerts.usecases.responding.stand_down_assignment import end_assignment
from shared.contracts.events.dispatches import AssignmentDecided, AssignmentReassigned
from shared.contracts.left_out import told
from shared.kernel.errors import FieldError, Invalid, NotAllowed, NotEligible, NotFound, StateConflict
from shared.kernel.vocabulary import AssignmentState, DispatchRole, LeftOut
from shared.persistence.transaction import Transaction

_NOTE = """
INSERT INTO overrides (assignment_id, incident_id, role, at, relieved_id, reason, despite, decided_by, decided_as)
VALUES (:assignment_id, :incident_id, :role, app_now(), :relieved_id, :reason, :despite, :decided_by, :decided_as)
"""


async def reassign_role(tx: Transaction, incident_id: UUID, wish: Override, desk: Desk) -> tuple[AssignmentRow, bool]:
    """The assignment, and whether it is new: for somebody who has the role already nothing changes.

    Raises NotFound, NotAllowed, Invalid, StateConflict, NotEligible.
    """
    dispatch = await lock_dispatch(tx, incident_id)
    person = await standing(tx, dispatch, wish.role, wish.interrupter_id)
    if person is None or not desk.decides_about(person.candidate.organization_id):
        raise NotFound("no such interrupter")
    active = {one.interrupter_id: one for one in dispatch.assignments if _is_at(one, wish.role)}
    if wish.interrupter_id in active:
        return active[wish.interrupter_id], False
    relieve = _whom_to_relieve(dispatch, wish, person, list(active))
    leaving = None if relieve is None else active[relieve]
    if leaving is not None:
        await _refuse_foreign(tx, leaving, desk)
    despite = _despite(dispatch, wish, person)
    made = await _exchange(tx, dispatch, wish.role, person, leaving)
    await tx.run(_NOTE, **_facts(made, leaving, wish, despite, desk))
    aside = tuple(told(rule) for rule in despite)
    await dispatch.record(
        tx, AssignmentDecided, assignment_id=made.id, reason=wish.reason, decided_as=desk.office, despite=aside
    )
    await staff_roles(tx, dispatch, cause="reassigned")
    return made, True


def _is_at(assignment: AssignmentRow, role: DispatchRole) -> bool:
    return assignment.role == role and assignment.state in ACTIVE


def _whom_to_relieve(dispatch: Dispatch, wish: Override, person: Standing, active: list[UUID]) -> UUID | None:
    wanted = person.policy.roles.get(wish.role, 0)
    if dispatch.has_ended:
        raise StateConflict("the dispatch has ended", state=dispatch.row.state)
    if wanted == 0:
        raise Invalid(FieldError("/role", "is not wanted at this incident"))
    has_room = dispatch.stand(wish.role, wanted).filled < wanted
    match relieved(active, instead_of=wish.instead_of, has_room=has_room):
        case Relieve(interrupter_id):
            return interrupter_id
        case NotThere():
            raise StateConflict("whoever is to be relieved does not have this role", state=dispatch.row.state)
        case WhoOf():
            raise Invalid(FieldError("/instead_of", "is needed: several people have this role"))
        case Done():
            raise StateConflict("this role was filled and is done", state=dispatch.row.state)


async def _refuse_foreign(tx: Transaction, leaving: AssignmentRow, desk: Desk) -> None:
    whose = await who_has_it(tx, leaving.id)
    if whose is None or not desk.decides_about(whose.organization_id):
        raise NotAllowed("somebody of another organization has this role: a dispatcher decides")


def _despite(dispatch: Dispatch, wish: Override, person: Standing) -> tuple[LeftOut, ...]:
    decided = permit(hindrances(person.candidate, person.need, person.policy), wish.despite)
    match decided:
        case Forbidden(reasons):
            raise NotEligible("nobody may be sent despite this", state=dispatch.row.state, reasons=reasons)
        case Unnamed(reasons):
            raise NotEligible("`despite` must name what is to be set aside", state=dispatch.row.state, reasons=reasons)
    return decided.despite


async def _exchange(
    tx: Transaction, dispatch: Dispatch, role: DispatchRole, person: Standing, leaving: AssignmentRow | None
) -> AssignmentRow:
    if leaving is not None:
        await end_assignment(tx, leaving, AssignmentState.REASSIGNED)
    made = await give_role(tx, dispatch, role, person)
    if leaving is not None:
        await tell(tx, dispatch, leaving.interrupter_id, leaving.offer_id, "assignment.reassigned")
        await dispatch.record(tx, AssignmentReassigned, assignment_id=leaving.id, successor_id=made.id)
        await ask_to_reconsider(tx)
    return made


def _facts(
    made: AssignmentRow, leaving: AssignmentRow | None, wish: Override, despite: tuple[LeftOut, ...], desk: Desk
) -> dict[str, object]:
    return {
        "assignment_id": made.id,
        "incident_id": made.incident_id,
        "role": wish.role,
        "relieved_id": leaving and leaving.id,
        "reason": wish.reason,
        "despite": list(despite),
        "decided_by": desk.subject,
        "decided_as": desk.office,
    }
