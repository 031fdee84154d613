"""A chain's next-tier step: who is asked beside after its time is no early question, and everything else is."""

import pytest

from tests.chaos.checks import order, pace
from tests.chaos.evidence import Evidence
from tests.chaos.history import History
from tests.chaos.mutations import acts
from tests.chaos.mutations.city import POLICY
from tests.chaos.mutations.deeds import in_event
from tests.chaos.mutations.good import begun, told
from tests.chaos.mutations.response import Incident

AFTER_S = 60


def asked_beside(*, after_s: float, chain: bool = True) -> History:
    """Somebody of another tier is asked beside the first, this long after the response began."""
    city = begun()
    response = Incident(city.after(60), "ref-1").activate()
    steps = [{"to": "next_tier", "after_s": AFTER_S}] if chain else []
    response.row["policy"] = POLICY | {"escalation": steps}
    acts.rings(response)
    city.after(after_s)
    acts.rings(response.escalates())
    acts.accepts(response, offer=response.offers[0])
    city.after(600)
    return told(city)


def violations(history: History) -> set[str]:
    evidence = Evidence(history)
    return {one.sentence for check in (order, pace) for one in check.check(evidence).violations}


def test_one_of_the_next_tier_is_asked_beside_after_the_time_of_its_step() -> None:
    assert violations(asked_beside(after_s=AFTER_S)) == set()


@pytest.mark.parametrize("spoiled", [{"after_s": AFTER_S - 5}, {"after_s": AFTER_S, "chain": False}])
def test_a_step_before_its_time_or_of_no_chain_is_seen(spoiled: dict[str, float]) -> None:
    assert violations(asked_beside(**spoiled)) == {"a step of the escalation was taken early"}


def test_one_more_beside_without_a_step_to_the_next_tier_is_early() -> None:
    spoil = in_event("dispatch.escalated", lambda body: body.update(to="supervisor"))
    assert "somebody was asked early" in violations(spoil(asked_beside(after_s=AFTER_S)))
