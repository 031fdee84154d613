"""Every sentence that a check can say is said at least once: a demand that was never seen broken proves nothing."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.chaos import checks
from tests.chaos.history import History, Record, Row
from tests.chaos.judge import judge
from tests.chaos.mutations.deeds import (
    Spoil,
    another,
    in_call,
    in_event,
    in_received,
    in_table,
    later,
    never_published,
    published_again,
    without,
)
from tests.chaos.mutations.test_next_tier import AFTER_S, asked_beside
from tests.chaos.mutations.test_spoiled import GOOD, NOBODY, SPOILED, always, state

HOURS_LATER = "2026-03-04T23:00:00+00:00"
LONG_AGO = "2026-03-04T12:00:00+00:00"


def with_headers(**new: str) -> Callable[[Record], Record]:
    return lambda one: replace(one, headers=one.headers | {f"ce_{name}": value for name, value in new.items()})


def first_again(people: list[Any]) -> list[Any]:
    return [people[0], *people]


def in_first(**new: Any) -> Callable[[list[Row]], list[Row]]:
    return lambda people: [people[0] | new, *people[1:]]


def never_opened(history: History) -> History:
    """Twice: the last one on the topic is a copy of the first."""
    once = never_published("dispatch.opened")
    return once(once(history))


def planted(history: History) -> History:
    return replace(history, run=replace(history.run, planted=("intake.incidents/0@999",)))


ALSO: tuple[Spoil, ...] = (
    in_table("alerts.offers", lambda row: row["acknowledged_at"], acknowledged_at=None),
    in_call("accept", "ok", offer_id=NOBODY),
    in_call("accept", "ok", incident_id=NOBODY),
    in_call("page_acknowledge", "ok", body={"page_id": NOBODY}),
    in_table("alerts.deliveries", state("delivered"), **{"class": "durable"}),
    in_table("alerts.deliveries", state("delivered"), kind="offer.taken"),
    in_table("alerts.deliveries", state("delivered"), created_at=HOURS_LATER),
    in_table("alerts.deliveries", state("delivered"), state="lost"),
    in_table("alerts.deliveries", state("delivered"), settled_at=later(-1)),
    another("alerts.assignments", always, id=NOBODY),
    in_table("alerts.assignments", always, exercise=True),
    in_table("alerts.consumer_positions", always, partition=99),
    another("reporting.applied", always, root=NOBODY),
    never_opened,
    in_table("alerts.pages", always, repeat_s=1),
    in_table("alerts.outbox", always, set_aside_at=HOURS_LATER),
    planted,
    in_table("alerts.dispatches", state("exhausted"), reconsider_at=HOURS_LATER),
    lambda one: replace(one, tables=one.tables | {"alerts.reconsideration_requests": ({"id": 1},)}),
    in_table("alerts.deliveries", state("delivered"), next_attempt_at=LONG_AGO),
    without("reporting.offer_facts", always),
    another("reporting.offer_facts", always),
    without("reporting.alarm_facts", always),
    in_table("reporting.alarm_facts", always, state="cleared"),
    in_table("casework.follow_ups", always, state="withdrawn"),
    without("casework.incidents", always),
    in_table("casework.incidents", always, version=99),
    without("alerts.dead_letters", always),
    in_table("alerts.dead_letters", always, record_offset=999),
    in_table("alerts.alarms", always, state="cleared"),
    without("alerts.webhook_endpoints", always),
    in_table("alerts.webhook_endpoints", always, enabled=False),
    in_received(204, receiver=NOBODY),
    in_received(204, receiver="desk"),
    in_received(204, headers={"content-type": "text/plain"}),
    in_received(204, headers={"webhook-signature": "v1,bm90aGluZw=="}),
    another("alerts.delivery_attempts", always),
    in_table("alerts.interrupters", always, on_duty=False),
    in_table("alerts.interrupters", always, available_since=HOURS_LATER),
    in_table("alerts.rankings", always, ranked=first_again),
    in_table("alerts.rankings", always, ranked=in_first(tier="floater")),
    in_table("alerts.rankings", always, ranked=in_first(distance_m=90000.0)),
    in_table("alerts.rankings", always, at=HOURS_LATER),
    in_table("alerts.assignments", state("stood_down"), ended_at=HOURS_LATER),
    in_table("alerts.deliveries", state("dead"), state="cancelled"),
    in_call("accept", "ok", invoked_at=0.0),
    published_again("offer.made", lambda one: replace(one, partition=77)),
    without("casework.clock", always),
    in_table("casework.clock", always, at=HOURS_LATER),
    in_table("alerts.outbox", always, published_at="2026-01-01T00:00:00+00:00"),
    published_again("offer.made", with_headers(time="2026-01-01T00:00:00+00:00", source="/truce/intake")),
    published_again("offer.made", with_headers(subject=NOBODY)),
    published_again("offer.made", with_headers(type="truce.alerts.offer.sold.v1")),
    published_again("offer.made", lambda one: replace(one, key=NOBODY)),
    in_call("report", "ok", incident_id=NOBODY),
    without("intake.responses", always),
    another("intake.responses", always),
    without("alerts.coverage", always),
    in_event("worker.registered", lambda body: body["worker"].update(on_duty=False)),
)


def sentences() -> Iterator[str]:
    """As patterns: what is filled in when it is said matches anything."""
    for folder in checks.__path__:
        for place in sorted(Path(folder).glob("*.py")):
            for node in ast.walk(ast.parse(place.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("demand", "expect"):
                    yield from _pattern(node.args[1])


def _pattern(said: ast.expr) -> Iterator[str]:
    match said:
        case ast.Constant(value=str(text)):
            yield re.escape(text)
        case ast.JoinedStr(values=parts):
            yield "".join(re.escape(str(one.value)) if isinstance(one, ast.Constant) else ".*" for one in parts)


def test_every_sentence_is_said_once() -> None:
    spoils = (*(spoil for _, _, spoil in SPOILED), *ALSO)
    spoiled = (*(spoil(GOOD) for spoil in spoils), asked_beside(after_s=AFTER_S - 5))
    said = {one.sentence for history in spoiled for verdict in judge(history) for one in verdict.violations}
    patterns = set(sentences())
    assert len(patterns) > 100
    assert sorted(pattern for pattern in patterns if not any(re.fullmatch(pattern, one) for one in said)) == []
