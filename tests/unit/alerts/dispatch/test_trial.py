"""What another policy would have made of the same inputs."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.alerts.domain.decision import Inputs
from services.alerts.domain.policy import Classification
from services.alerts.domain.trial import Asking, compare, summed_up
from shared.kernel.vocabulary import DispatchRole, IncidentKind
from tests.unit.alerts.dispatch.test_ranking import NEED, NOW, POLICY, person

SCENE, FAMILY = DispatchRole.SCENE, DispatchRole.FAMILY
NEAR = person(1, home_m=500, last_cleared_at=NOW - timedelta(minutes=30))
FAR = person(2, home_m=4000, roles=frozenset({SCENE, FAMILY}))
INPUTS = Inputs(NEED, Classification(IncidentKind.SHOOTING), 1, [NEAR, FAR])
NEAR_ID, FAR_ID = UUID(int=101), UUID(int=102)


def test_a_shorter_rest_asks_somebody_else_first() -> None:
    (scene,) = compare({SCENE: INPUTS}, POLICY, replace(POLICY, rest=timedelta(0)))
    assert (scene.before, scene.after) == (Asking(1, (FAR_ID,)), Asking(1, (NEAR_ID,)))
    assert scene.differs


def test_the_same_policy_changes_nothing() -> None:
    assert not any(one.differs for one in compare({SCENE: INPUTS}, POLICY, POLICY))


def test_a_role_that_was_not_asked_for_is_judged_by_the_first_decision() -> None:
    both = replace(POLICY, roles={SCENE: 1, FAMILY: 1})
    _, family = compare({SCENE: INPUTS}, POLICY, both)
    assert (family.before, family.after) == (Asking(0, ()), Asking(1, (FAR_ID,)))


def test_it_is_summed_up_who_is_asked_otherwise_how_many_and_where_nobody_can_be() -> None:
    narrow = replace(POLICY, radius_steps_m=(1000.0,))
    wide = replace(POLICY, rest=timedelta(0), parallel_offers=2)
    found = {
        UUID(int=1): compare({SCENE: INPUTS}, POLICY, narrow),
        UUID(int=2): compare({SCENE: INPUTS}, POLICY, wide),
        UUID(int=3): compare({SCENE: INPUTS}, POLICY, POLICY),
    }
    total = summed_up(found)
    assert (total.incidents, total.changed, total.first_asked_otherwise) == (3, 2, 2)
    assert (total.offers_before, total.offers_after) == (3, 3)
    assert (total.nobody_before, total.nobody_after) == (0, 1)
