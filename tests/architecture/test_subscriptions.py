"""What a service reacts to is published, and on a topic that the service may read."""

from collections.abc import Iterable
from importlib import import_module
from typing import ClassVar

import pytest

from shared.contracts.event import Event
from shared.contracts.events.alarms import AlarmEvent, AlarmRaised
from shared.contracts.events.cases import CaseOpened
from shared.contracts.events.incidents import IncidentOpened
from shared.contracts.registry import EVENTS
from shared.contracts.topics import SERVICES, consumed_by
from shared.messaging.subscriptions import Subscriptions
from tests.support.roles import roles_of


def subscriptions_of(service: str) -> Subscriptions:
    found: Subscriptions = import_module(f"services.{service}.subscriptions").SUBSCRIPTIONS
    return found


def unknown(events: Iterable[type[Event]]) -> list[str]:
    return [event.__name__ for event in events if EVENTS.get(getattr(event, "TYPE", "")) is not event]


def unread(service: str, events: Iterable[type[Event]]) -> list[str]:
    topics = consumed_by(service)
    return [event.__name__ for event in events if event.TOPIC not in topics]


@pytest.mark.parametrize("service", SERVICES)
def test_every_subscribed_event_is_in_the_registry(service: str) -> None:
    assert unknown(subscriptions_of(service)) == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_subscribed_events_topic_is_consumed(service: str) -> None:
    assert unread(service, subscriptions_of(service)) == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_table_is_the_one_the_process_uses(service: str) -> None:
    assert subscriptions_of(service)
    assert roles_of(service).subscriptions() is subscriptions_of(service)


def test_reporting_reacts_to_everything() -> None:
    assert set(subscriptions_of("reporting")) == set(EVENTS.values())


def test_a_planted_subscription_is_seen() -> None:
    class NeverRegistered(AlarmEvent):
        TYPE: ClassVar[str] = "truce.operations.alarm.forgotten.v1"

    class Impostor(AlarmEvent):
        TYPE: ClassVar[str] = AlarmRaised.TYPE

    assert unknown([AlarmRaised, NeverRegistered, Impostor, AlarmEvent]) == [
        "NeverRegistered",
        "Impostor",
        "AlarmEvent",
    ]
    assert unread("alerts", [IncidentOpened, CaseOpened]) == ["CaseOpened"]
