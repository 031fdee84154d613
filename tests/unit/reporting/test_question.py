"""What may be asked of which number."""

import pytest

from services.reporting.domain.catalogue import KPIS
from services.reporting.domain.question import Area, choose_area, find_kpi, read_by, read_when
from shared.kernel.errors import Invalid, NotFound
from shared.kernel.vocabulary import AreaKind

INCIDENTS, OFFERS, EVENTS = KPIS["incidents"], KPIS["offers"], KPIS["events"]
PARK_VIEW = Area(AreaKind.COMMUNITY, "park-view")
PARK_VIEW_CLUSTER = Area(AreaKind.CLUSTER, "park-view")
OUTLINE = Area(AreaKind.BOUNDARY, "park-view")


def test_dimensions_are_kept_in_the_order_asked_for() -> None:
    assert read_by(INCIDENTS, "kind,day") == ("kind", "day")
    assert read_by(INCIDENTS, None) == ()


@pytest.mark.parametrize("text", ["outcome", "day,day", "day,", ",day", ",", "day;kind", "at"])
def test_other_dimensions_are_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(Invalid, match="day, community, ward, cluster, kind, state") as refused:
        read_by(INCIDENTS, text)
    assert refused.value.errors[0].pointer == "#query/by"


def test_an_unknown_kpi_is_refused_with_those_there_are() -> None:
    with pytest.raises(NotFound, match="incidents, victims, response_time_first_attempt"):
        find_kpi("crimes")


def test_a_period_in_another_form_is_refused_with_the_forms_there_are() -> None:
    with pytest.raises(Invalid, match="YYYY-MM-DD"):
        read_when("last week")


def test_a_slug_alone_is_enough_while_one_kind_has_it() -> None:
    assert choose_area(INCIDENTS, "park-view", [PARK_VIEW]) == PARK_VIEW
    assert choose_area(OFFERS, "park-view", [PARK_VIEW, PARK_VIEW_CLUSTER]) == PARK_VIEW
    assert choose_area(INCIDENTS, None, []) is None


def test_a_slug_of_two_kinds_must_say_which() -> None:
    both = [PARK_VIEW, PARK_VIEW_CLUSTER]
    with pytest.raises(Invalid, match="community:park-view, cluster:park-view"):
        choose_area(INCIDENTS, "park-view", both)
    assert choose_area(INCIDENTS, "cluster:park-view", both) == PARK_VIEW_CLUSTER


@pytest.mark.parametrize(
    ("text", "known"), [("nowhere", []), ("ward:park-view", [PARK_VIEW]), ("park-view", [OUTLINE])]
)
def test_an_area_that_is_not_there_or_not_of_this_number_is_refused(text: str, known: list[Area]) -> None:
    with pytest.raises(Invalid, match="kind one of community, ward, cluster"):
        choose_area(INCIDENTS, text, known)


def test_a_number_without_places_accepts_no_area() -> None:
    with pytest.raises(Invalid, match="knows no places"):
        choose_area(EVENTS, "park-view", [PARK_VIEW])
