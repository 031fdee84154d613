"""To whom it is told that somebody has a conflict of interest or is on a safety hold."""

from uuid import UUID

import pytest

from services.alerts.domain.discretion import NOT_AVAILABLE, known_to, told
from services.alerts.domain.visibility import Viewer, Whose
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import LeftOut

HERON = Whose(interrupter=new_id(), organization=new_id())
CONFLICT, HOLD, INACTIVE = LeftOut.CONFLICT_OF_INTEREST, LeftOut.SAFETY_HOLD, LeftOut.INACTIVE
ELSEWHERE: UUID = new_id()


@pytest.mark.parametrize(
    ("viewer", "known"),
    [
        (Viewer(supervises=HERON.organization), {CONFLICT, HOLD, INACTIVE}),
        (Viewer(dispatches=True), {HOLD}),
        (Viewer(dispatches=True, supervises=ELSEWHERE), {HOLD}),
        (Viewer(supervises=ELSEWHERE), set()),
        (Viewer(administers=True, sees_restricted=True), set()),
        (Viewer(worker=HERON.interrupter), set()),
        (Viewer(), set()),
    ],
)
def test_each_is_told_what_they_may_know_and_one_word_for_the_rest(viewer: Viewer, known: set[LeftOut]) -> None:
    said = {reason: told(reason, known_to(viewer, HERON)) for reason in LeftOut}
    hidden = {CONFLICT, HOLD, INACTIVE} - known
    assert said == {reason: NOT_AVAILABLE if reason in hidden else reason for reason in LeftOut}
