"""What follows an incident depends on the rules and what is known of the incident, not on the way it came to be so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.casework.domain.follow_ups import Decision, Fact, FollowedIncident, Wanted, decide
from services.casework.programme import read_programme
from shared.kernel.vocabulary import IncidentKind, IncidentState

RULES = read_programme(Path("deploy/programs/dc_onse")).rules
NOON = datetime(2022, 8, 27, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TRIAGE = Wanted("triage", NOON + DAY)
SHOOTING = FollowedIncident(IncidentState.ACTIVATED, IncidentKind.SHOOTING, frozenset(), NOON, NOON, NOON)


def kinds(decision: Decision) -> list[str]:
    return sorted(wanted.kind for wanted in decision.wanted)


def test_an_activated_incident_is_triaged_within_a_day_of_its_activation() -> None:
    later = replace(SHOOTING, changed_at=NOON + timedelta(hours=5))
    assert decide(RULES, later) == Decision(withdraw_open=False, wanted=(TRIAGE,))


@pytest.mark.parametrize("kind", [IncidentKind.SHOOTING, IncidentKind.STABBING])
@pytest.mark.parametrize("fact", list(Fact))
def test_a_shooting_or_stabbing_qualifies_for_family_support_by_one_fact(kind: IncidentKind, fact: Fact) -> None:
    assert "fss_referral" in kinds(decide(RULES, replace(SHOOTING, kind=kind, facts=frozenset({fact}))))
    assert "fss_referral" not in kinds(decide(RULES, replace(SHOOTING, kind=kind)))


@pytest.mark.parametrize("kind", list(IncidentKind))
def test_of_itself_only_a_homicide_qualifies(kind: IncidentKind) -> None:
    found = kinds(decide(RULES, replace(SHOOTING, kind=kind)))
    assert found == (["fss_referral", "triage"] if kind is IncidentKind.HOMICIDE else ["triage"])


@pytest.mark.parametrize("kind", [IncidentKind.SHOTS_FIRED, IncidentKind.ARMED_ROBBERY, IncidentKind.THREAT])
def test_a_fact_does_not_qualify_another_kind(kind: IncidentKind) -> None:
    assert kinds(decide(RULES, replace(SHOOTING, kind=kind, facts=frozenset(Fact)))) == ["triage"]


def test_that_it_became_a_homicide_is_an_occasion_of_its_own_for_the_family_and_not_for_the_triage() -> None:
    wounded = replace(SHOOTING, facts=frozenset({Fact.JUVENILE_INVOLVED}))
    occasions = [
        {wanted.kind: wanted.occasion for wanted in decide(RULES, incident).wanted}
        for incident in (wounded, replace(wounded, kind=IncidentKind.HOMICIDE))
    ]
    assert occasions == [
        {"triage": "first", "fss_referral": "first"},
        {"triage": "first", "fss_referral": "homicide"},
    ]


def test_family_support_is_due_a_day_after_it_became_a_homicide() -> None:
    died = replace(SHOOTING, kind=IncidentKind.HOMICIDE, changed_at=NOON + timedelta(days=3))
    assert Wanted("fss_referral", NOON + timedelta(days=4), "homicide") in decide(RULES, died).wanted


@pytest.mark.parametrize("state", [IncidentState.SCREENED_OUT, IncidentState.MERGED])
def test_what_was_screened_out_or_merged_asks_for_nothing(state: IncidentState) -> None:
    gone = replace(SHOOTING, state=state, kind=IncidentKind.HOMICIDE)
    assert decide(RULES, gone) == Decision(withdraw_open=True, wanted=())


WAITING = sorted({IncidentState.REPORTED, IncidentState.VERIFIED})


@pytest.mark.parametrize("state", WAITING)
def test_a_homicide_that_nobody_responded_to_owes_family_support_and_nothing_else(state: IncidentState) -> None:
    told = replace(SHOOTING, state=state, kind=IncidentKind.HOMICIDE, activated_at=None, changed_at=NOON + DAY)
    assert decide(RULES, told) == Decision(
        withdraw_open=True,
        wanted=(Wanted("fss_referral", NOON + 2 * DAY, "homicide"),),
        kept=frozenset({"fss_referral"}),
    )
    wounded = replace(told, kind=IncidentKind.SHOOTING, facts=frozenset(Fact))
    assert decide(RULES, wounded) == Decision(withdraw_open=True, wanted=())


def test_a_drill_a_doubtful_word_and_history_ask_for_nothing_and_leave_what_was_asked_for() -> None:
    told = replace(SHOOTING, state=IncidentState.REPORTED, kind=IncidentKind.HOMICIDE, activated_at=None)
    within = replace(told, changed_at=NOON + 90 * DAY)
    assert kinds(decide(RULES, within)) == ["fss_referral"]
    for other in (
        replace(told, exercise=True),
        replace(told, doubtful=True),
        replace(told, changed_at=NOON + 90 * DAY + timedelta(seconds=1)),
    ):
        assert decide(RULES, other) == Decision(withdraw_open=True, wanted=(), kept=frozenset({"fss_referral"}))


def test_closing_withdraws_nothing_and_a_death_afterwards_still_asks_for_family_support() -> None:
    closed = replace(SHOOTING, state=IncidentState.CLOSED)
    assert decide(RULES, closed) == Decision(withdraw_open=False, wanted=())
    died = decide(RULES, replace(closed, kind=IncidentKind.HOMICIDE))
    assert (died.withdraw_open, kinds(died)) == (False, ["fss_referral"])


def test_without_rules_nothing_is_asked_for() -> None:
    assert decide((), SHOOTING).wanted == ()
