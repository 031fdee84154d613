"""Everybody sees what is their organization's or was offered to them; absence of an organization opens nothing."""

import pytest

from services.casework.domain.visibility import (
    Caller,
    CaseOutline,
    HandoffOutline,
    may_open_case_for,
    may_see_case,
    may_see_follow_up,
    may_see_handoff,
    may_see_participant,
    reach_of,
)
from shared.kernel.ids import random_id

ORG, OTHER = random_id(), random_id()
ME = random_id()
office = Caller("office", is_office=True)
mine = Caller("case-manager", ORG, ME)
stranger = Caller("stranger", OTHER, random_id())
nobody = Caller("nobody")
other_supervisor = Caller("other-supervisor", OTHER, is_supervisor=True)


@pytest.mark.parametrize(
    ("caller", "case", "sees"),
    [
        (mine, CaseOutline(ORG), True),
        (mine, CaseOutline(OTHER), False),
        (mine, CaseOutline(OTHER, offered_to=ME), True),
        (mine, CaseOutline(OTHER, offered_to=random_id()), False),
        (office, CaseOutline(ORG), True),
        (nobody, CaseOutline(ORG), False),
        (nobody, CaseOutline(ORG, offered_to=None), False),
    ],
)
def test_whose_case_it_is_decides(caller: Caller, case: CaseOutline, sees: bool) -> None:
    assert may_see_case(reach_of(caller), case) is sees


def test_a_participant_is_seen_by_who_registered_it_and_who_sees_one_of_its_cases() -> None:
    reach = reach_of(mine)
    assert may_see_participant(reach, ORG, ())
    assert may_see_participant(reach, OTHER, (CaseOutline(OTHER), CaseOutline(ORG)))
    assert not may_see_participant(reach, OTHER, (CaseOutline(OTHER),))
    assert not may_see_participant(reach_of(nobody), None, ())
    assert may_see_participant(reach_of(office), None, ())


@pytest.mark.parametrize(
    ("caller", "sees"), [(mine, True), (office, True), (other_supervisor, True), (stranger, False), (nobody, False)]
)
def test_both_sides_see_a_handoff(caller: Caller, sees: bool) -> None:
    assert may_see_handoff(caller, HandoffOutline(ORG, random_id(), OTHER)) is sees


def test_the_receiver_sees_the_handoff() -> None:
    assert may_see_handoff(mine, HandoffOutline(OTHER, ME, ORG))


def test_follow_ups_go_with_the_communities_an_organization_covers() -> None:
    covered = frozenset({"park-view"})
    assert may_see_follow_up(mine, "park-view", covered, restricted=False)
    assert not may_see_follow_up(mine, "petworth", covered, restricted=False)
    assert not may_see_follow_up(mine, None, covered, restricted=False)
    assert may_see_follow_up(office, None, frozenset(), restricted=False)


def test_what_follows_a_restricted_incident_is_for_those_who_may_see_it() -> None:
    covered = frozenset({"park-view"})
    lead = Caller("supervisor", ORG, is_supervisor=True, sees_restricted=True)
    assert may_see_follow_up(lead, "park-view", covered, restricted=True)
    assert not may_see_follow_up(lead, "petworth", covered, restricted=True)
    assert not may_see_follow_up(mine, "park-view", covered, restricted=True)


def test_cases_are_opened_for_the_own_organization_and_by_the_office_for_any() -> None:
    assert may_open_case_for(mine, ORG)
    assert not may_open_case_for(mine, OTHER)
    assert not may_open_case_for(nobody, ORG)
    assert may_open_case_for(office, OTHER)
