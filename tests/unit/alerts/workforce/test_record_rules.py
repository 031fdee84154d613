"""Rules about one interrupter's record name the field that breaks them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.alerts.domain.workforce import (
    ConflictReason,
    Exclusion,
    OwnerKind,
    exclusion_faults,
    owner_fault,
    position_fault,
    team_fault,
)
from shared.kernel.ids import new_id

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
INCIDENT = new_id()


def test_only_a_floater_may_have_no_team() -> None:
    assert team_fault(None, floater=True) is None
    assert team_fault("petworth", floater=True) is None
    assert team_fault("petworth", floater=False) is None
    fault = team_fault(None, floater=False)
    assert fault is not None
    assert fault.pointer == "/team_community"


@pytest.mark.parametrize(
    ("ago", "accepted"),
    [
        (timedelta(0), True),
        (timedelta(hours=23), True),
        (timedelta(hours=25), False),
        (timedelta(seconds=-120), True),
        (timedelta(seconds=-121), False),
    ],
)
def test_a_position_is_of_the_last_day_and_not_from_the_future(ago: timedelta, *, accepted: bool) -> None:
    assert (position_fault(NOW - ago, NOW) is None) == accepted


@pytest.mark.parametrize(
    ("community", "incident", "lasts", "wrong"),
    [
        ("petworth", None, timedelta(days=1), []),
        (None, INCIDENT, timedelta(days=1), []),
        (None, None, timedelta(days=1), ["/community"]),
        ("petworth", INCIDENT, timedelta(days=1), ["/community"]),
        ("petworth", None, timedelta(0), ["/expires_at"]),
        ("petworth", None, timedelta(days=4000), ["/expires_at"]),
    ],
)
def test_an_exclusion_is_from_one_thing_and_ends(
    community: str | None, incident: UUID | None, lasts: timedelta, wrong: list[str]
) -> None:
    exclusion = Exclusion(community, incident, ConflictReason.KIN, NOW + lasts)
    assert [fault.pointer for fault in exclusion_faults(exclusion, NOW)] == wrong


def test_an_endpoint_is_somebodys_except_the_duty_dispatchers() -> None:
    assert owner_fault(OwnerKind.DUTY_DISPATCHER, None) is None
    assert owner_fault(OwnerKind.DUTY_DISPATCHER, INCIDENT) is not None
    for kind in (OwnerKind.INTERRUPTER, OwnerKind.SUPERVISOR):
        assert owner_fault(kind, INCIDENT) is None
        assert owner_fault(kind, None) is not None
