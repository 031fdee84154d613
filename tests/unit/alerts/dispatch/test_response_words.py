"""What the page behind a link says to whoever is asked."""

from datetime import UTC, datetime

import pytest

from services.alerts.api.response_words import question_words
from services.alerts.domain.response import Question
from services.alerts.queries.responses import Asked
from shared.kernel.vocabulary import DispatchRole, OfferState

NEAR, KEEP_AWAY = "DANGER: go near, not in. Wait for word that it is clear.", "DANGER at the scene: do not go there."


def facts(role: DispatchRole, *, active_threat: bool) -> tuple[str, ...]:
    asked = Asked(
        question=Question(OfferState.OPEN, None, given_back=False, role_is_unfilled=True, dispatch_has_ended=False),
        role=role,
        answer_by=datetime(2026, 3, 1, 12, tzinfo=UTC),
        settled_at=None,
        assignment_id=None,
        incident={
            "kind": "shooting",
            "exercise": False,
            "active_threat": active_threat,
            "place": {"lat": 38.9, "lon": -77.0},
        },
        time_zone="UTC",
    )
    return question_words(asked).facts


@pytest.mark.parametrize(
    ("role", "goes", "danger"),
    [
        (DispatchRole.SCENE, "Go to the scene", NEAR),
        (DispatchRole.HOSPITAL, "Go to the hospital", KEEP_AWAY),
        (DispatchRole.FAMILY, "Be with the family", KEEP_AWAY),
    ],
)
def test_going_near_is_for_whoever_goes_to_the_scene_and_others_are_told_to_keep_away(
    role: DispatchRole, goes: str, danger: str
) -> None:
    told = facts(role, active_threat=True)
    assert goes in told
    assert [line for line in told if "DANGER" in line] == [danger]
    assert [line for line in facts(role, active_threat=False) if "DANGER" in line] == []
