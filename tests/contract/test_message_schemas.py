"""Webhook messages as promised: every one has its golden schema, no golden changes, and what is sent keeps them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.alerts import messages
from services.alerts.domain.pages import PageKind
from services.alerts.message_types import FOLDER, MESSAGES, Message, surplus
from shared.contracts.evolution import breaks
from shared.contracts.golden import SUMS, golden_path, read_sums, schema_of, sum_of
from shared.kernel.ids import new_id
from shared.kernel.vocabulary import DispatchRole
from tests.support.schemas import leaves

AT, ID, OTHER = datetime(2026, 3, 1, 12, tzinfo=UTC), new_id(), new_id()
INCIDENT = {"incident_id": str(ID), "exercise": False, "active_threat": True, "community": {"name": "Alder"}}
OUTSIDE = INCIDENT | {"community": None}
SENT: list[dict[str, Any]] = [
    *(
        messages.offer_message(incident, offer_id=ID, role=role, acknowledge_by=AT, accept_by=AT)
        for incident in (INCIDENT, OUTSIDE)
        for role in DispatchRole
    ),
    messages.assignment_message(INCIDENT, offer_id=ID, assignment_id=OTHER, role=DispatchRole.SCENE),
    messages.check_in_message(INCIDENT, offer_id=ID, assignment_id=OTHER, due_at=AT, missed_at=None),
    *(
        messages.notice_message(kind, INCIDENT, offer_id=ID)
        for kind in (
            "offer.taken",
            "offer.withdrawn",
            "assignment.reassigned",
            "assignment.stood_down",
            "scene.clear",
            "scene.threat",
            "scene.moved",
        )
    ),
    messages.notice_message("offer.extended", INCIDENT, offer_id=ID, accept_by=AT.isoformat()),
    messages.page_message(ID, {"kind": "exhausted", "subject": str(OTHER), "round": 1, "roles": ["scene"]}, INCIDENT),
    *(
        messages.page_message(ID, {"kind": kind, "subject": str(OTHER), "round": 3, "roles": None}, about)
        for kind in PageKind
        for about in (INCIDENT, *([None] if kind is not PageKind.TRIAGE_OVERDUE else []))
    ),
    *(
        messages.notice_message(kind, INCIDENT | {"merged_into": str(OTHER)}, offer_id=ID)
        for kind in messages.ENDS_BY_MERGE
    ),
    *(messages.trade_message(ID, what) for what in ("requested", "effective", "declined", "withdrawn", "lapsed")),
    messages.triage_message(INCIDENT, due_at=AT.isoformat()),
    messages.plan_steps_message(INCIDENT, [ID, OTHER]),
    messages.rest_message(ID, exposures=3),
    messages.test_message(ID),
    messages.practice_message(ID, AT),
    messages.failing_message(ID, OTHER),
]
every_message = pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES.keys())


def goldens() -> dict[str, Path]:
    return {str(path.relative_to(FOLDER).with_suffix("")): path for path in FOLDER.rglob("*.json")}


def read(path: Path) -> Any:
    return json.loads(path.read_bytes())


@every_message
def test_every_message_has_its_golden_and_is_still_what_it_says(message: type[Message]) -> None:
    path = golden_path(FOLDER, message.schema_name())
    assert path.exists(), "not published: python -m services.alerts.publish_messages"
    assert read(path) == schema_of(message), f"{message.schema_name()} is released: an added field needs a new number"


def test_no_golden_changed_none_is_missing_and_each_number_is_additive_to_the_one_before() -> None:
    found = goldens()
    assert {name: sum_of(path.read_bytes()) for name, path in found.items()} == read_sums(FOLDER), f"see {SUMS}"
    assert found.keys() == {f"{one.TYPE}/{number}" for one in MESSAGES.values() for number in range(1, one.SCHEMA + 1)}
    for name in found:
        kind, number = name.split("/")
        before = f"{kind}/{max(int(number) - 1, 1)}"
        assert breaks(read(found[before]), read(found[name])) == []


def test_what_is_sent_is_what_was_published_and_nothing_more() -> None:
    assert {one["type"]: surplus(json.loads(json.dumps(one))) for one in SENT} == {kind: set() for kind in MESSAGES}


def test_each_field_that_was_promised_is_sent_by_some_message_of_its_type() -> None:
    for kind, message in MESSAGES.items():
        sent = set().union(*(paths_in(one) for one in SENT if one["type"] == kind))
        promised = {leaf.path for leaf in leaves(schema_of(message))}
        optional = {"data.links.explain", "data.incident_id", "data.exercise", "data.area"}
        optional |= {"data.links.agree", "data.links.decline", "data.links.deliveries"}
        assert promised - sent <= optional, kind


@every_message
def test_every_field_of_a_message_has_a_privacy_class_and_none_is_a_persons(message: type[Message]) -> None:
    assert {
        leaf.schema.get("x-privacy") for leaf in leaves(schema_of(message)) if leaf.schema.get("type") != "null"
    } <= {
        "P0",
        "P1",
    }


@pytest.mark.parametrize(
    "change",
    [{"offer_id": "heron"}, {"role": "driver"}, {"area": "12 Oak Street\n"}, {"acknowledge_by": "soon"}],
)
def test_what_breaks_the_promise_is_seen(change: dict[str, Any]) -> None:
    spoiled = SENT[0] | {"data": SENT[0]["data"] | change}
    with pytest.raises(ValidationError):
        surplus(spoiled)
    assert surplus(SENT[0] | {"data": SENT[0]["data"] | {"name": "Jo"}}) == {"/data/name"}


def paths_in(value: Any, path: str = "") -> set[str]:
    if isinstance(value, dict):
        return set().union(*(paths_in(inner, f"{path}.{name}".lstrip(".")) for name, inner in value.items()))
    if isinstance(value, list):
        return set().union(*(paths_in(inner, f"{path}[]") for inner in value))
    return {path}
