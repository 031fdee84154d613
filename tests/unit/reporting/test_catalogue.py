"""The catalogue is whole: every number is defined, and made of something that has all its dimensions."""

import re

import pytest

from services.reporting.domain.catalogue import KPIS, Kpi
from services.reporting.queries.sources import SOURCES
from services.reporting.subscriptions import SUBSCRIPTIONS
from shared.contracts.registry import EVENTS
from shared.contracts.topics import TOPICS


def test_every_number_has_a_source_and_every_source_a_number() -> None:
    assert set(KPIS) == set(SOURCES)


@pytest.mark.parametrize("kpi", KPIS.values(), ids=KPIS)
def test_a_definition_states_what_is_counted_and_whose_days(kpi: Kpi) -> None:
    assert len(kpi.definition) > 80
    assert "local days of the programme's time zone" in kpi.definition
    assert kpi.version >= 1


@pytest.mark.parametrize("kpi", KPIS.values(), ids=KPIS)
def test_names_are_plain_words_that_can_stand_in_a_statement(kpi: Kpi) -> None:
    assert all(re.fullmatch(r"[a-z_0-9]+", name) for name in (*kpi.dimensions, *kpi.measures))


@pytest.mark.parametrize("kpi", KPIS.values(), ids=KPIS)
def test_what_a_number_can_be_limited_to_it_can_be_broken_down_by(kpi: Kpi) -> None:
    assert set(kpi.area_kinds) <= set(kpi.dimensions)


def test_every_event_on_every_topic_becomes_a_fact() -> None:
    assert set(SUBSCRIPTIONS) == set(EVENTS.values())
    assert all("reporting" in topic.consumers for topic in TOPICS)
