"""What is known of a threat after a report from the scene, and after intake's news."""

from uuid import UUID

import pytest

from services.alerts.domain.scene import (
    ThreatNews,
    is_repeat,
    may_read_report,
    may_report,
    may_say,
    said_at_desk,
    threat_by_news,
    threat_by_report,
)
from shared.kernel.response_words import SceneState
from shared.kernel.vocabulary import AssignmentState, DispatchRole, SceneStatus


@pytest.mark.parametrize("known", [True, False])
def test_the_scene_s_own_word_counts_and_a_tense_scene_changes_nothing(known: bool) -> None:
    assert threat_by_report(known, SceneState.CLEAR, DispatchRole.SCENE) is False
    assert threat_by_report(known, SceneState.ACTIVE_THREAT, DispatchRole.SCENE) is True
    assert threat_by_report(known, SceneState.TENSE, DispatchRole.SCENE) is known


@pytest.mark.parametrize("role", [DispatchRole.HOSPITAL, DispatchRole.FAMILY])
@pytest.mark.parametrize("known", [True, False])
def test_a_clear_hospital_says_nothing_of_the_scene_and_a_threat_is_heard_from_there_too(
    known: bool, role: DispatchRole
) -> None:
    assert threat_by_report(known, SceneState.CLEAR, role) is known
    assert threat_by_report(known, SceneState.ACTIVE_THREAT, role) is True


@pytest.mark.parametrize("state", AssignmentState)
def test_only_whoever_is_on_scene_says_that_it_is_clear_and_danger_is_heard_from_everybody(
    state: AssignmentState,
) -> None:
    assert may_say(state, SceneState.CLEAR) is (state is AssignmentState.ON_SCENE)
    assert may_say(state, SceneState.TENSE)
    assert may_say(state, SceneState.ACTIVE_THREAT)


def test_the_same_words_are_a_repeat_only_while_nobody_else_has_spoken() -> None:
    clear, with_police = {"scene": "clear"}, {"scene": "clear", "police_on_scene": True}
    assert is_repeat(clear, clear, spoke_last=True)
    assert not is_repeat(clear, clear, spoke_last=False)
    assert not is_repeat(with_police, clear, spoke_last=True)
    assert not is_repeat(clear, {}, spoke_last=True)


@pytest.mark.parametrize(
    ("known", "before", "after", "said", "then"),
    [
        (False, False, True, True, True),
        (False, False, True, None, True),
        (False, True, True, True, True),
        (False, True, True, None, False),
        (True, True, True, None, True),
        (True, True, False, None, False),
        (True, False, False, None, True),
        (False, False, False, None, False),
        (True, False, False, False, False),
        (True, True, True, False, False),
    ],
)
def test_intakes_word_counts_when_it_changes_or_is_said_anew(
    known: bool, before: bool, after: bool, said: bool | None, then: bool
) -> None:
    news = ThreatNews(before=before, after=after, said=said)
    assert threat_by_news(known, news) is then
    assert news.speaks or then is known, "what changes anything was said by somebody"


def test_news_that_say_nothing_of_a_threat_are_no_word_about_the_scene() -> None:
    assert not ThreatNews(before=True, after=True, said=None).speaks
    assert ThreatNews(before=True, after=True, said=True).speaks
    assert ThreatNews(before=True, after=False, said=None).speaks


def test_the_desks_word_says_of_a_threat_what_it_says_and_no_more() -> None:
    words = [said_at_desk(SceneStatus(status)) for status in ("active_threat", "clear", "police_on_scene", "unknown")]
    assert words == [True, False, None, None]


def test_a_role_that_one_does_not_have_is_not_reported_about() -> None:
    able = {state for state in AssignmentState if may_report(state)}
    assert able == {
        AssignmentState.ACCEPTED,
        AssignmentState.EN_ROUTE,
        AssignmentState.ON_SCENE,
        AssignmentState.CLEARED,
    }


def test_it_is_read_by_the_desk_and_by_whoever_was_sent() -> None:
    heron, stranger = UUID(int=1), UUID(int=2)
    assert may_read_report(None, reads_all=True, sent=())
    assert may_read_report(heron, reads_all=False, sent=[heron])
    assert not may_read_report(stranger, reads_all=False, sent=[heron])
    assert not may_read_report(None, reads_all=False, sent=[heron])
