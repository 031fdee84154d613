"""The topics as agreed: names, keys, partitions, owners and readers. A change here moves keys or opens a topic."""

import re
from importlib import import_module
from pathlib import Path

import pytest

import shared.contracts.events
from shared.contracts.event import Event
from shared.contracts.registry import EVENTS
from shared.contracts.topics import SERVICES, TOPICS, Readers, Topic, consumed_by, created_by, dead_letter_topic

every_topic = pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)

AGREED = {
    "intake.incidents": ("incident", Readers.OPERATIONAL, {"intake"}),
    "intake.areas": ("area", Readers.PUBLIC, {"intake"}),
    "alerts.dispatches": ("incident", Readers.OPERATIONAL, {"alerts"}),
    "alerts.organizations": ("organization", Readers.OPERATIONAL, {"alerts"}),
    "alerts.workers": ("worker", Readers.OPERATIONAL, {"alerts"}),
    "casework.cases": ("case", Readers.RESTRICTED, {"casework"}),
    "operations.alarms": ("service/alarm", Readers.OPERATIONAL, set(SERVICES)),
}
CONSUMED = {
    "intake": {"alerts.dispatches"},
    "alerts": {"intake.incidents", "intake.areas", "operations.alarms"},
    "casework": {"intake.incidents", "alerts.dispatches", "alerts.organizations", "alerts.workers"},
    "reporting": set(AGREED),
}
TYPE = re.compile(r"truce\.(?P<owner>[a-z]+)\.(?P<subject>[a-z]+(_[a-z]+)*)\.(?P<verb>[a-z]+(_[a-z]+)*)\.v[1-9][0-9]*")
# Facts that are told without a past tense: where somebody is, whether something could be delivered.
STANDING = {"en_route", "on_scene", "undeliverable"}
IRREGULAR = {"made", "taken", "taken_over", "withdrawn", "held", "given", "given_back", "split", "sent", "stood_down"}


def modules() -> dict[str, tuple[type[Event], ...]]:
    """Module name → its own list, for every module of events there is."""
    names = [path.stem for path in Path(shared.contracts.events.__path__[0]).glob("*.py") if path.stem != "__init__"]
    return {name: import_module(f"shared.contracts.events.{name}").EVENTS for name in names}


def declared(name: str) -> set[type[Event]]:
    """Every event class with a type of its own in the module, listed or not."""
    members = vars(import_module(f"shared.contracts.events.{name}")).values()
    return {it for it in members if isinstance(it, type) and issubclass(it, Event) and "TYPE" in vars(it)} - {Event}


def test_the_topics_are_the_agreed_ones() -> None:
    assert {it.name: (it.key, it.readers, set(it.publishers)) for it in TOPICS} == AGREED
    assert len(TOPICS) == len(AGREED)


@every_topic
def test_a_topic_has_twelve_partitions(topic: Topic) -> None:
    assert topic.partitions == 12


@every_topic
def test_a_topic_is_named_after_its_owner_and_what_it_holds(topic: Topic) -> None:
    owner, _, held = topic.name.partition(".")
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*s", held)
    assert {owner} == set(topic.publishers) or (owner == "operations" and topic.publishers == SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_consumes_the_agreed_topics_and_never_its_own(service: str) -> None:
    names = {topic.name for topic in consumed_by(service)}
    assert names == CONSUMED[service]
    assert not {name for name in names if name.startswith(f"{service}.")}


@pytest.mark.parametrize("service", SERVICES)
def test_migrate_creates_what_is_published_and_one_dead_letter_topic_for_each_consumed(service: str) -> None:
    dead = {f"{name}.{service}.dlq": 1 for name in CONSUMED[service]}
    own = {name: 12 for name, (_, _, publishers) in AGREED.items() if service in publishers}
    assert created_by(service) == own | dead


def test_dead_letters_have_a_topic_per_reader() -> None:
    assert dead_letter_topic("intake.incidents", "alerts") == "intake.incidents.alerts.dlq"


@pytest.mark.parametrize("name", modules())
def test_every_event_of_a_module_is_in_its_list_and_in_the_registry(name: str) -> None:
    listed = modules()[name]
    assert set(listed) == declared(name)
    assert len(listed) == len({event.TYPE for event in listed})
    assert all(EVENTS.get(event.TYPE) is event for event in listed)


@pytest.mark.parametrize(("name", "event"), [(name, it) for name, found in modules().items() for it in found])
def test_an_events_type_names_its_owner_and_its_module_is_its_topic(name: str, event: type[Event]) -> None:
    parts = TYPE.fullmatch(event.TYPE)
    assert parts, event.TYPE
    assert event.TOPIC.name == f"{parts['owner']}.{name}"


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_an_event_is_told_in_the_past_tense(event: type[Event]) -> None:
    parts = TYPE.fullmatch(event.TYPE)
    assert parts, event.TYPE
    regular = any(word.endswith("ed") for word in parts["verb"].split("_"))
    assert regular or parts["verb"] in STANDING | IRREGULAR


def test_the_registry_holds_nothing_else() -> None:
    assert set(EVENTS.values()) == {event for found in modules().values() for event in found}
