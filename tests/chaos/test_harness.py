"""The harness itself, without a stack: one seed is one run, every point can strike, a leak is told from noise."""

from itertools import islice
from pathlib import Path

import pytest

from tests.chaos.history import Call, History, Received, Run
from tests.chaos.judge import ALL_CHECKS
from tests.chaos.outcome import first_pages
from tests.chaos.points import POINTS, find, passed_by
from tests.chaos.script import PAGES_AT_ONCE, manner, reports
from tests.chaos.selections import FAULTS, SELECTIONS
from tests.chaos.soak import growth
from tests.chaos.twins.catalogue import TWINS

FOLDER = Path(__file__).parent


def test_one_seed_is_one_script() -> None:
    assert list(islice(reports(7, 50, 0.05), 500)) == list(islice(reports(7, 50, 0.05), 500))
    assert list(islice(reports(7, 50, 0.05), 500)) != list(islice(reports(8, 50, 0.05), 500))
    assert [manner(7, "heron", time) for time in range(50)] == [manner(7, "heron", time) for time in range(50)]


def test_reports_come_at_the_rate_asked_for_and_page_in_the_share_asked_for() -> None:
    planned = list(islice(reports(7, 50, 0.05), 6000))
    assert 45 < len(planned) / planned[-1].at_s < 58
    pages = [
        one for one in planned if one.facts["kind"] in PAGES_AT_ONCE and one.source in {"police-feed", "hospital-desk"}
    ]
    assert 0.04 < len({one.ref for one in pages}) / len(planned) < 0.06
    assert len({one.ref for one in planned}) < len({one.key for one in planned})


@pytest.mark.parametrize("name", sorted(POINTS))
def test_every_point_is_a_function_that_is_there(name: str) -> None:
    owner, attribute = find(POINTS[name].place)
    assert callable(getattr(owner, attribute))


def test_every_process_passes_some_point() -> None:
    for process in ("intake-api", "alerts-stream", "alerts-engine", "reporting-stream"):
        assert "before_commit" in passed_by(process)
    assert "webhook.claimed_not_sent" in passed_by("alerts-engine")
    assert "webhook.claimed_not_sent" not in passed_by("alerts-stream")


def test_selections_and_planted_defects_name_what_is_there() -> None:
    for name, selection in SELECTIONS.items():
        assert set(selection.weights) <= set(FAULTS), name
    assert set(FAULTS) == {fault for selection in SELECTIONS.values() for fault in selection.weights}
    assert set(TWINS) == {file.stem for file in (FOLDER / "twins").glob("*.py")} - {"catalogue"}
    assert {twin.check for twin in TWINS.values()} <= set(ALL_CHECKS)


def test_growth_is_told_from_noise() -> None:
    flat = [(5.0 * step, 100 + (step % 3)) for step in range(60)]
    leak = [(5.0 * step, 100 + 0.5 * step) for step in range(60)]
    warming = [(5.0 * step, min(100.0, 60 + 4 * step)) for step in range(60)]
    assert growth("flat", flat).is_flat
    assert growth("warming up", warming).is_flat
    assert not growth("leak", leak).is_flat


def test_the_first_message_is_measured_from_the_answer() -> None:
    run = Run(seed=1, began_at=0, healed_at=9, ended_at=10, rate_per_s=1, policy={}, workers=())
    told = {"incident_id": "a", "disposition": "opened", "incident": {"state": "activated"}}
    call = Call("1", "report", "police-feed", 1.0, 2.0, "ok", 201, told)
    body = b'{"type": "truce.offer.made", "data": {"incident_id": "a"}}'
    rings = tuple(Received(at, "heron", {}, body, 204) for at in (7.5, 5.5))
    assert first_pages(History(run, calls=(call,), received=rings)) == (3.5,)
