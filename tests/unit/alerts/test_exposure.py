"""What counts as an exposure, and after how many a rest is suggested."""

import pytest

from services.alerts.domain.exposure import has_victims, suggests_rest
from shared.kernel.vocabulary import IncidentKind


def test_an_incident_has_victims_when_somebody_was_hurt_or_it_is_a_homicide() -> None:
    assert has_victims(IncidentKind.SHOOTING, 1, None)
    assert has_victims(IncidentKind.STABBING, 0, 1)
    assert has_victims(IncidentKind.HOMICIDE, None, None)
    assert not has_victims(IncidentKind.SHOOTING, 0, 0)
    assert not has_victims(IncidentKind.SHOOTING, None, None)


@pytest.mark.parametrize(
    ("exposures", "suggested_after", "suggests"),
    [(2, 0, False), (3, 0, True), (3, 3, False), (5, 3, False), (6, 3, True), (7, 3, True), (7, 6, False)],
)
def test_a_rest_is_suggested_once_per_threshold(exposures: int, suggested_after: int, suggests: bool) -> None:
    assert suggests_rest(exposures, threshold=3, suggested_after=suggested_after) is suggests
