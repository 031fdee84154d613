"""Late, repeated, shuffled: the same history gives the same numbers. Wrong records are set aside, new ones ignored."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.reporting.domain.catalogue import KPIS
from services.reporting.domain.milestones import MILESTONES
from services.reporting.domain.question import Question
from services.reporting.queries.ask import ask
from services.reporting.queries.programme import the_programme
from services.reporting.subscriptions import SUBSCRIPTIONS
from services.reporting.usecases.load_programme import load_programme
from shared.contracts.event import Event
from shared.contracts.registry import EVENTS
from shared.contracts.topics import CASES, DISPATCHES, INCIDENTS
from shared.kernel.ids import new_id
from shared.messaging.envelope import headers_of
from shared.persistence.database import Database
from shared.persistence.transaction import Transaction
from tests.integration.reporting.conftest import DC, TARGETS_S, Ledger
from tests.support import recount
from tests.support.deployment import Deployment
from tests.support.histories import DispatchStory, IncidentStory, at
from tests.support.surroundings import AlarmStory, CaseStory

FACTS = [kpi for kpi in KPIS.values() if kpi.id != "events"]
WASHINGTON = ZoneInfo("America/New_York")


def some_history(seed: int) -> list[Event]:
    """A few incidents of every fate, in the order in which they happened root by root."""
    chance = random.Random(seed)
    events: list[Event] = []
    for number in range(8):
        moment = at(f"2022-08-{22 + chance.randrange(6)}T{chance.randrange(24):02}:15:00-04:00")
        kind = chance.choice(["shooting", "stabbing", "shots_fired"])
        place = chance.choice(["park-view", "petworth", None])
        incident = IncidentStory(kind, moment, community=place, injured=chance.choice([None, 0, 1, 3]), killed=0)
        if number % 4 == 0:
            events += incident.screened_out().events
            continue
        dispatch = DispatchStory(incident.activated())
        for offer in range(chance.randrange(4)):
            dispatch.offered(offer * 10, attempt_s=offer * 10 + chance.random())
            chance.choice([dispatch.declined, dispatch.expired, dispatch.undeliverable])(offer, offer * 10 + 5)
        dispatch.exhausted(45)
        if chance.random() < 0.7:
            dispatch.reopened(50).offered(50, attempt_s=51)
            dispatch.acknowledged(-1, 55).accepted(-1, 60 + chance.random() * 120)
        if chance.random() < 0.5:
            incident.reclassified("homicide", killed=1).closed()
        case = CaseStory(moment, place).handoff_requested(moment)
        if chance.random() < 0.7:
            case.handoff_settled(chance.choice(["accepted", "rejected", "revoked"]))
        events += incident.events + dispatch.events + case.events
    return events + AlarmStory("alerts", "dead_letter", "intake.incidents").raised().cleared().raised().events


async def everything(tx: Transaction) -> dict[str, Any]:
    programme = await the_programme(tx)
    return {kpi.id: await ask(tx, Question(kpi, kpi.dimensions, None, None), programme) for kpi in FACTS}


async def numbers_after(db: Database, events: Sequence[Event]) -> dict[str, Any]:
    """What the numbers would be; nothing of it stays."""
    async with db.transaction() as tx:
        for table in ("incident_facts", "dispatch_facts", "case_facts", "alarm_facts", "event_counts"):
            await tx.run(f"TRUNCATE {table} CASCADE")
        for number, event in enumerate(events, 1):
            await SUBSCRIPTIONS[type(event)](tx, event)
            if number % 5 == 0:  # as if a batch ended here
                await tx.finish()
        await tx.finish()
        return await everything(tx)


@pytest.mark.parametrize("seed", range(8))
async def test_any_order_and_any_repetition_give_the_same_numbers(deployment: Deployment, seed: int) -> None:
    db = await deployment.database("reporting")
    async with db.transaction() as tx:
        await load_programme(tx, DC)
    history = some_history(seed)
    expected = await numbers_after(db, history)
    assert expected["incidents"].total["count"] == 8
    assert expected["offers"].total["count"] > 0

    chance = random.Random(seed)
    for _ in range(3):
        jumbled = history + chance.choices(history, k=len(history) // 2)
        chance.shuffle(jumbled)
        assert await numbers_after(db, jumbled) == expected


async def test_what_comes_twice_or_too_late_changes_no_number(ledger: Ledger) -> None:
    incident = IncidentStory("shooting").activated()
    incident.reclassified("homicide").closed()
    dispatch = DispatchStory(incident).offered(1, attempt_s=2).declined(0, 5).offered(6).accepted(1, 30)
    case = CaseStory().handoff_requested().handoff_settled("accepted")
    alarm = AlarmStory("intake", "quiet_source", "police").raised()
    history = incident.events + dispatch.events + case.events + alarm.events
    await ledger.tell(history)
    before = {kpi: await ledger.total(kpi) for kpi in KPIS}
    assert before["events"] == {"count": len(history)}

    await ledger.tell(history[::-1] + history)
    assert {kpi: await ledger.total(kpi) for kpi in KPIS} == before


async def test_an_exercise_is_counted_nowhere(ledger: Ledger) -> None:
    drill = IncidentStory("shooting", exercise=True, injured=1, killed=1).activated()
    dispatch = DispatchStory(drill).offered(1, attempt_s=2).acknowledged(0, 3).accepted(0, 4).on_scene(9).exhausted(10)
    await ledger.tell(drill.events + dispatch.events)
    for kpi, definition in KPIS.items():
        answer = await ledger.ask(kpi, by=",".join(definition.dimensions))
        assert answer["rows"] == [], kpi
        counted = {name: value for name, value in answer["total"].items() if name != "target_s"}
        assert set(counted.values()) <= {0, None}, kpi


async def test_an_event_of_a_type_not_known_here_is_passed_over(ledger: Ledger) -> None:
    incident = IncidentStory("shooting")
    await ledger.tell(incident.events)
    headers = headers_of(incident.activated().events[-1], event_id=new_id(), traceparent=None)
    headers["ce_type"] = "truce.intake.incident.renamed.v1"
    await ledger.deployment.send_raw(INCIDENTS.name, str(incident.id).encode(), b'{"renamed": true}', headers)
    await ledger.was_sent(1)
    await ledger.tell(incident.closed().events[-1:])

    assert await ledger.counts("incidents", "state") == {"closed": 1}
    assert await ledger.counts("events", "type") == {
        "truce.intake.incident.closed.v1": 1,
        "truce.intake.incident.opened.v1": 1,
    }
    assert await ledger.total("dead_letters") == {"count": 0}


async def test_a_record_that_is_set_aside_shows_as_an_alarm_and_stops_nobody(ledger: Ledger) -> None:
    incident = IncidentStory("shooting")
    await ledger.deployment.send_raw(INCIDENTS.name, b"x", b"{", {"content-type": "application/json"})
    await ledger.deployment.publish(*incident.events)
    await ledger.was_sent(3)  # the third is the alarm, which reporting's own relay published
    assert await ledger.total("incidents") == {"count": 1}
    assert await ledger.counts("dead_letters", "service,topic") == {("reporting", "intake.incidents"): 1}
    assert await ledger.counts("alarms", "service,alarm") == {("reporting", "dead_letter"): 1}


async def test_a_recount_straight_from_the_topics_gives_the_same_numbers(ledger: Ledger) -> None:
    drill = IncidentStory("shooting", exercise=True).activated()
    history = some_history(99) + drill.events + DispatchStory(drill).offered(1).accepted(0, 2).events
    random.Random(99).shuffle(repeats := list(history))
    await ledger.tell(history + repeats[:30])
    incidents, dispatches, cases = [
        await ledger.deployment.records(topic.name) for topic in (INCIDENTS, DISPATCHES, CASES)
    ]

    counted = await ledger.counts("incidents", "day,community,kind")
    assert counted == recount.incidents_by_day_community_kind(incidents, WASHINGTON)
    assert await ledger.counts("offers", "outcome") == recount.parts_by_state(dispatches, "offers")
    assert await ledger.counts("handoffs", "outcome") == recount.parts_by_state(cases, "handoffs")
    types = sum((recount.events_by_type(topic, EVENTS) for topic in (incidents, dispatches, cases)), Counter())
    assert {kind: n for kind, n in (await ledger.counts("events", "type")).items() if kind in types} == types
    for milestone in MILESTONES:
        answer = await ledger.total(f"response_time_{milestone}")
        times, missing = recount.response_times(incidents, dispatches, milestone)
        assert (answer["n"], answer["missing"]) == (len(times), missing)
        assert answer["p50_s"] == pytest.approx(recount.nearest_rank(times, 0.5), abs=0.001)
        assert answer["p90_s"] == pytest.approx(recount.nearest_rank(times, 0.9), abs=0.001)
        assert answer["within_target"] == sum(time <= TARGETS_S[milestone] for time in times)
