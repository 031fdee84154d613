"""Decisions by hand: what may be set aside and only by name, and whose place is taken."""

from uuid import UUID

import pytest

from services.alerts.domain.override import (
    Desk,
    Done,
    Forbidden,
    NotThere,
    Permitted,
    Relieve,
    Unnamed,
    WhoOf,
    permit,
    relieved,
)
from shared.kernel.vocabulary import Decider, LeftOut

HERON, KESTREL, TEAL = UUID(int=1), UUID(int=2), UUID(int=3)
OAK_STREET, RIVER_ROAD = UUID(int=11), UUID(int=12)
PROTECTING = (
    LeftOut.INACTIVE,
    LeftOut.SAFETY_HOLD,
    LeftOut.WITHOUT_ROLE,
    LeftOut.CONFLICT_OF_INTEREST,
    LeftOut.COMMITTED,
)
SOFT = (LeftOut.OFF_DUTY, LeftOut.NO_LICENCE, LeftOut.RESTING, LeftOut.OVER_HOURS, LeftOut.UNREACHABLE)


@pytest.mark.parametrize("rule", PROTECTING)
def test_what_protects_people_is_never_set_aside_not_even_by_name(rule: LeftOut) -> None:
    assert permit((LeftOut.OFF_DUTY, rule), set(LeftOut)) == Forbidden((rule,))


@pytest.mark.parametrize("rule", SOFT)
def test_what_may_be_set_aside_must_be_named(rule: LeftOut) -> None:
    assert permit((rule,), set()) == Unnamed((rule,))
    assert permit((rule,), {rule}) == Permitted((rule,))


def test_only_what_was_not_named_is_asked_for_and_only_what_held_is_kept() -> None:
    holding = (LeftOut.OFF_DUTY, LeftOut.NO_LICENCE)
    assert permit(holding, {LeftOut.OFF_DUTY}) == Unnamed((LeftOut.NO_LICENCE,))
    assert permit((LeftOut.OFF_DUTY,), set(holding)) == Permitted((LeftOut.OFF_DUTY,))


def test_being_asked_already_keeps_nobody_from_being_sent() -> None:
    assert permit((LeftOut.OFFERED, LeftOut.ASKED_BEFORE), set()) == Permitted(())


def test_every_rule_is_decided_on() -> None:
    for rule in LeftOut:
        alone = permit((rule,), {rule})
        assert alone in (Forbidden((rule,)), Permitted((rule,)), Permitted(()))


@pytest.mark.parametrize(
    ("active", "instead_of", "has_room", "expected"),
    [
        ([], None, True, Relieve(None)),
        ([HERON], None, True, Relieve(None)),
        ([HERON], None, False, Relieve(HERON)),
        ([HERON, KESTREL], None, False, WhoOf()),
        ([HERON, KESTREL], KESTREL, False, Relieve(KESTREL)),
        ([HERON], HERON, True, Relieve(HERON)),
        ([HERON], TEAL, True, NotThere()),
        ([], TEAL, False, NotThere()),
        ([], None, False, Done()),
    ],
)
def test_whose_place_is_taken(
    active: list[UUID], instead_of: UUID | None, has_room: bool, expected: Relieve | NotThere | WhoOf | Done
) -> None:
    assert relieved(active, instead_of=instead_of, has_room=has_room) == expected


@pytest.mark.parametrize(
    ("desk", "may"),
    [
        (Desk("d", Decider.DISPATCHER), True),
        (Desk("d", Decider.DISPATCHER, RIVER_ROAD), True),
        (Desk("s", Decider.SUPERVISOR, OAK_STREET), True),
        (Desk("s", Decider.SUPERVISOR, RIVER_ROAD), False),
        (Desk("s", Decider.SUPERVISOR, None), False),
    ],
)
def test_a_supervisor_decides_about_the_own_organization_alone(desk: Desk, may: bool) -> None:
    assert desk.decides_about(OAK_STREET) is may
