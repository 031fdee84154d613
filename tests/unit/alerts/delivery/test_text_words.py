"""A text says what matters in a line, and never more of the place than the area."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.alerts.delivery.text_words import SAID, text_of
from services.alerts.message_types import MESSAGES

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINK = "https://alerts.example/r/x"
ASKED: dict[str, Any] = {
    "incident_id": "0d9a1f00-0000-4000-8000-000000000001",
    "area": "Alder",
    "exercise": False,
    "role": "scene",
    "stage_only": False,
    "acknowledge_by": "2026-03-01T12:04:59+00:00",
    "accept_by": "2026-03-01T12:09:59+00:00",
    "links": {"respond": LINK, "details": "/v1/offers/1"},
}


def said(kind: str, **data: Any) -> str:
    return text_of([json.dumps({"type": kind, "data": data}).encode()], NOW).body


def test_a_question_says_what_where_how_long_and_the_link() -> None:
    assert said("truce.offer.made", **ASKED) == f"Can you take this? Scene, Alder. Answer within 4 min. {LINK}"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"stage_only": True}, "Scene, Alder. DANGER: go near, not in. Answer"),
        ({"stage_only": True, "role": "hospital"}, "Hospital, Alder. DANGER at the scene. Answer"),
        ({"exercise": True}, "EXERCISE."),
        ({"acknowledge_by": "2026-03-01T11:00:00+00:00"}, "Answer within 1 min."),
        ({"accept_by": "2026-03-01T12:02:00+00:00"}, "Answer within 2 min."),
        ({"area": None}, "Scene. Answer"),
    ],
)
def test_what_else_it_says(facts: dict[str, Any], words: str) -> None:
    assert words in said("truce.offer.made", **ASKED | facts)


def test_more_time_to_answer_is_told_until_when() -> None:
    words = said("truce.offer.extended", area="Alder", accept_by="2026-03-01T12:30:00+00:00")
    assert words == "You have more time to answer. Alder. Answer within 30 min."


def test_an_alarm_says_which_and_a_kind_nobody_has_words_for_is_said_by_its_name() -> None:
    assert said("truce.page.alarm", subject="alerts/engine_late/offers").endswith("alerts/engine_late/offers.")
    assert said("truce.roster.gap_ahead", area="Alder") == "roster: gap ahead Alder."


def test_there_are_words_for_every_message_that_is_published() -> None:
    assert set(MESSAGES) - set(SAID) == set()


def test_several_notices_are_lines_of_one_text() -> None:
    body = json.dumps({"type": "truce.offer.taken", "data": {"area": "Alder"}}).encode()
    text = text_of([body, body], NOW)
    assert (text.title, len(text.body.splitlines())) == ("Truce: 2 notices", 2)
