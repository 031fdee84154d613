"""The made-up people: the same for the same seed, in every community, and of every manner."""

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from deploy.local.demo.caseload import plans
from deploy.local.demo.city import made_up_city
from deploy.local.demo.manners import Deadlines, Manner, taps
from deploy.local.demo.summary import latency

DC = Path("deploy/programs/dc_onse")
LEFT = Deadlines(acknowledge=timedelta(seconds=2), accept=timedelta(seconds=4))


def test_a_seed_decides_everything() -> None:
    assert made_up_city(DC, 7) == made_up_city(DC, 7)
    assert made_up_city(DC, 7) != made_up_city(DC, 8)


def test_each_community_has_a_team_and_everybody_a_name_of_their_own() -> None:
    city = made_up_city(DC, 2022)
    teams = {
        place.area_id: [one for one in city.interrupters if one.team == place.area_id] for place in city.communities
    }
    assert {len(team) for team in teams.values()} <= {2, 3}
    assert all(area in one.licences and len(one.licences) == 2 for area, team in teams.items() for one in team)
    names = [one.call_sign for one in city.interrupters] + [one.call_sign for one in city.case_managers]
    ids = [one.worker for one in city.interrupters] + [one.worker for one in city.case_managers]
    assert len(set(names)) == len(set(ids)) == len(names)


def test_people_answer_in_every_manner() -> None:
    manners = [one.manner for one in made_up_city(DC, 2022).interrupters]
    assert set(manners) == set(Manner)
    assert manners.count(Manner.HANGS) == manners.count(Manner.REFUSES) == 1


def test_handoffs_end_in_every_way_the_demo_shows() -> None:
    shown = plans(made_up_city(DC, 2022))
    assert {plan.answer for plan in shown} == {"accept", "reject", None}
    assert all(plan.owner != plan.receiver for plan in shown)


@pytest.mark.parametrize("seed", range(5))
def test_answers_come_when_the_manner_says(seed: int) -> None:
    dice = Random(seed)
    (at_once,) = taps(Manner.PROMPT, LEFT, dice)
    seen, late = taps(Manner.LATE, LEFT, dice)
    (overdue,) = taps(Manner.OVERDUE, LEFT, dice)
    assert at_once.after <= timedelta(seconds=1)
    assert seen.after < LEFT.acknowledge < late.after < LEFT.accept
    assert LEFT.acknowledge < overdue.after < LEFT.accept
    assert taps(Manner.DECLINES, LEFT, dice)[0].reason
    assert taps(Manner.SILENT, LEFT, dice) == ()


def test_percentiles_are_nearest_rank() -> None:
    assert latency([float(value) for value in range(100, 0, -1)]) == {"n": 100, "p50": 50.0, "p99": 99.0, "max": 100.0}
    assert latency([]) == {"n": 0}
