"""Response times, offers, dispatches and handoffs, against numbers worked out by hand."""

import pytest

from shared.kernel.ids import random_id
from tests.integration.reporting.conftest import Ledger
from tests.support.histories import DispatchStory, IncidentStory, at, told
from tests.support.surroundings import CaseStory, organization, worker

MONDAY = at("2022-08-22T21:00:00-04:00")
TUESDAY = at("2022-08-23T09:00:00-04:00")


def activated(**facts: object) -> IncidentStory:
    return IncidentStory("shooting", MONDAY, **facts).activated()


async def test_response_times_run_from_activation_and_nobody_is_dropped(ledger: Ledger) -> None:
    """Accepted after 10, 100 and 130 s; one dispatch nobody took; one activated incident without a dispatch yet."""
    quick, slow, slowest, untaken, fresh = (activated() for _ in range(5))
    not_activated = IncidentStory("shooting", MONDAY)
    stories = [
        DispatchStory(quick).offered(1, attempt_s=2).accepted(0, 10),
        DispatchStory(slow).offered(1, attempt_s=16).expired(0, 40).offered(41, attempt_s=42).accepted(1, 100),
        DispatchStory(slowest).offered(1, attempt_s=15).accepted(0, 130).on_scene(500),
        DispatchStory(untaken).offered(1).exhausted(9),
    ]
    incidents = [quick, slow, slowest, untaken, fresh, not_activated]
    await ledger.tell(told(*incidents, *stories))

    assert await ledger.total("response_time_accepted") == {
        "n": 3,
        "missing": 2,
        "p50_s": 100.0,
        "p90_s": 130.0,
        "target_s": 120.0,
        "within_target": 2,
        "share_within_target": 0.4,
    }
    first_attempt = await ledger.total("response_time_first_attempt")
    assert (first_attempt["n"], first_attempt["missing"], first_attempt["p50_s"], first_attempt["p90_s"]) == (
        3,
        2,
        15.0,
        16.0,
    )
    assert first_attempt["within_target"] == 2
    assert await ledger.counts("assignments", "day,state") == {
        ("2022-08-22", "accepted"): 2,
        ("2022-08-22", "on_scene"): 1,
    }
    on_scene = await ledger.total("response_time_on_scene")
    assert (on_scene["n"], on_scene["missing"], on_scene["p50_s"]) == (1, 4, 500.0)


async def test_the_first_acknowledgement_counts_whoever_gave_it(ledger: Ledger) -> None:
    incident = activated()
    dispatch = DispatchStory(incident).offered(1).offered(2).acknowledged(0, 50.25).acknowledged(1, 20.5)
    await ledger.tell(incident.events + dispatch.events)
    answer = await ledger.total("response_time_acknowledged")
    assert (answer["p50_s"], answer["p90_s"], answer["within_target"]) == (20.5, 20.5, 1)


async def test_nothing_to_measure_is_shown_as_unknown_and_not_as_zero(ledger: Ledger) -> None:
    assert await ledger.total("response_time_accepted") == {
        "n": 0,
        "missing": 0,
        "p50_s": None,
        "p90_s": None,
        "target_s": 120.0,
        "within_target": 0,
        "share_within_target": None,
    }


async def test_percentiles_are_of_the_nearest_rank(ledger: Ledger) -> None:
    """Of 1 … 10 s the 50th percentile is the 5th and the 90th the 9th value; the day is that of the activation."""
    incidents = [activated() for _ in range(10)]
    stories = [DispatchStory(incident).offered(0).accepted(0, 1 + n) for n, incident in enumerate(incidents)]
    await ledger.tell(told(*incidents, *stories))
    answer = await ledger.ask("response_time_accepted", by="day", period="2022-08-22")
    assert [row["by"] for row in answer["rows"]] == [{"day": "2022-08-22"}]
    assert (answer["total"]["p50_s"], answer["total"]["p90_s"], answer["total"]["n"]) == (5.0, 9.0, 10)
    assert (await ledger.total("response_time_accepted", period="2022-08-23"))["n"] == 0


async def test_offers_are_counted_by_their_present_outcome(ledger: Ledger) -> None:
    heron, contractor = random_id(), random_id()
    incident = activated()
    dispatch = DispatchStory(incident)
    dispatch.offered(0, to=heron).declined(0, 5).offered(6).expired(1, 30).offered(31).undeliverable(2, 32)
    dispatch.offered(33, to=heron).acknowledged(3, 40)
    known = [organization(contractor, "Training Grounds"), worker(heron, contractor)]
    await ledger.tell([*known, *incident.events, *dispatch.events])

    assert await ledger.counts("offers", "outcome") == {
        "declined": 1,
        "expired": 1,
        "undeliverable": 1,
        "acknowledged": 1,
    }
    assert await ledger.counts("offers", "organization") == {str(contractor): 2, None: 2}
    assert await ledger.counts("offers", "decline_reason", period="2022-08-22") == {"off_shift": 1, None: 3}
    assert (await ledger.ask("offers", by="organization"))["labels"]["organization"] == {
        str(contractor): "Training Grounds"
    }
    before = len(dispatch.events)
    await ledger.tell(dispatch.accepted(3, 50).events[before:])
    assert (await ledger.counts("offers", "outcome"))["accepted"] == 1
    assert await ledger.total("offers") == {"count": 4}


async def test_exhausted_dispatches_stay_visible_when_somebody_took_them_later(ledger: Ledger) -> None:
    lost, saved, calm = activated(), activated(), activated(community=None)
    stories = [
        DispatchStory(lost).exhausted(1).reopened(2).exhausted(3),
        DispatchStory(saved).exhausted(1).reopened(2).offered(3).accepted(0, 5),
        DispatchStory(calm).offered(1).accepted(0, 5),
    ]
    await ledger.tell(told(lost, saved, calm, *stories))
    assert await ledger.total("dispatches") == {"count": 3, "exhausted": 2, "times_exhausted": 3}
    assert await ledger.counts("dispatches", "state") == {"exhausted": 1, "staffed": 2}
    assert await ledger.counts("dispatches", "community") == {"park-view": 2, None: 1}


async def test_handoffs_are_counted_by_outcome_and_day_of_the_request(ledger: Ledger) -> None:
    stories = [
        CaseStory().handoff_requested(MONDAY).handoff_settled("rejected").handoff_requested(TUESDAY),
        CaseStory().handoff_requested(MONDAY).handoff_settled("accepted"),
        CaseStory(community=None).handoff_requested(MONDAY).handoff_settled("revoked"),
    ]
    await ledger.tell(told(*stories))
    assert await ledger.counts("handoffs", "outcome") == {"accepted": 1, "rejected": 1, "requested": 1, "revoked": 1}
    assert await ledger.counts("handoffs", "day") == {"2022-08-22": 3, "2022-08-23": 1}
    assert await ledger.counts("handoffs", "community") == {"park-view": 3, None: 1}


@pytest.mark.parametrize("dropped", ["offers", "assignments"])
async def test_what_a_newer_snapshot_no_longer_has_is_gone(ledger: Ledger, dropped: str) -> None:
    incident = activated()
    dispatch = DispatchStory(incident).offered(1).accepted(0, 5)
    newest = dispatch.events[-1].model_dump()
    newest["dispatch"] |= {"version": 4, dropped: []}
    await ledger.tell([*incident.events, *dispatch.events, type(dispatch.events[-1]).model_validate(newest)])
    assert await ledger.total("offers") == {"count": 0 if dropped == "offers" else 1}
    assert await ledger.total("assignments") == {"count": 0 if dropped == "assignments" else 1}
    assert (await ledger.total("response_time_accepted"))["n"] == (0 if dropped == "assignments" else 1)
