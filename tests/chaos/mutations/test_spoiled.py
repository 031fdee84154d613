"""Each way in which a broken product spoils a history is seen, by the check that is there for it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.history import Row
from tests.chaos.judge import judge
from tests.chaos.mutations.deeds import (
    Spoil,
    another,
    answering,
    in_call,
    in_event,
    in_received,
    in_table,
    later,
    never_published,
    out_of_order,
    published_again,
    without,
    without_call,
    without_received,
)
from tests.chaos.mutations.good import good_history

GOOD = good_history()
NOBODY = "00000000-0000-0000-0000-00000000ffff"


def state(wanted: str) -> Callable[[Row], bool]:
    return lambda row: row["state"] == wanted


def always(_: Row) -> bool:
    return True


def reopen_the_first_offer(body: Row) -> None:
    body["dispatch"]["offers"][0] |= {"state": "open", "settled_at": None}


def is_the_second(body: Row) -> bool:
    return len(body["dispatch"]["offers"]) == 2 and body["dispatch"]["offers"][0]["state"] == "declined"


def another_assignment(body: Row) -> None:
    held = body["dispatch"]["assignments"]
    held.append(held[0] | {"assignment_id": NOBODY})


def busy_elsewhere(body: Row) -> None:
    """Whoever is asked first of all is asked here as well."""
    first = GOOD.rows("alerts.assignments")[1]["interrupter_id"]
    body["dispatch"]["offers"][0] |= {"state": "open", "interrupter_id": first}
    body["dispatch"]["assignments"] = [
        {"assignment_id": NOBODY, "offer_id": NOBODY, "role": "scene", "interrupter_id": first, "state": "accepted"}
    ]


def the_second_first(people: list[Any]) -> list[Any]:
    """They live in one house, and the first waits for longer."""
    return [people[1], people[0], *people[2:]]


def backwards(people: list[Any]) -> list[Any]:
    return people[::-1]


SPOILED: list[tuple[str, str, Spoil]] = [
    ("a report is lost", "each_report_has_one_incident", without("intake.reports", always)),
    ("an incident is lost", "each_report_has_one_incident", without("intake.incidents", always)),
    ("a report makes two", "each_report_has_one_incident", another("intake.incidents", always, id=NOBODY)),
    ("a report nobody sent", "each_report_has_one_incident", in_table("intake.reports", always, source_ref="ref-99")),
    ("a report is kept twice", "each_report_has_one_incident", another("intake.reports", always, id=NOBODY)),
    ("a retry opens another", "each_report_has_one_incident", in_call("report", "info", status=201, outcome="ok",
        result={"report_id": NOBODY, "incident_id": NOBODY})),
    ("nobody is asked", "each_activation_has_one_decision", without("alerts.dispatches", always)),
    ("nobody is paged", "each_activation_has_one_decision", without("alerts.pages", always)),
    ("it hangs open", "each_activation_has_one_decision",
        in_table("alerts.dispatches", state("staffed"), state="open")),
    ("it ends by itself", "each_activation_has_one_decision",
        in_table("alerts.dispatches", state("staffed"), state="stood_down")),
    ("two have one role", "nobody_is_booked_twice", in_event("dispatch.staffed", another_assignment)),
    ("one is in two places", "nobody_is_booked_twice", in_event("offer.expired", busy_elsewhere)),
    ("two rows hold a role", "nobody_is_booked_twice",
        another("alerts.assignments", state("en_route"), id=NOBODY, offer_id=NOBODY)),
    ("silence without a call", "each_offer_is_attempted_in_time",
        in_table("alerts.offers", lambda row: row["state"] == "expired" and not row["acknowledged_at"],
            first_attempt_at=None)),
    ("called too late", "each_offer_is_attempted_in_time",
        in_table("alerts.offers", state("expired"), first_attempt_at=later(121))),
    ("an offer without message", "each_offer_is_attempted_in_time",
        without("alerts.deliveries", lambda row: row["kind"] == "offer.made")),
    ("an offer with two messages", "each_offer_is_attempted_in_time",
        another("alerts.deliveries", lambda row: row["kind"] == "offer.made", id=NOBODY)),
    ("given up at once", "each_offer_is_attempted_in_time", in_table("alerts.deliveries", state("dead"), attempts=1)),
    ("one byte is another", "messages_are_signed_and_stay_the_same", in_received(204, body=b'{"type":"truce.other"}')),
    ("a new id per attempt", "messages_are_signed_and_stay_the_same",
        in_received(503, headers={"webhook-id": NOBODY})),
    ("an old signature", "messages_are_signed_and_stay_the_same",
        in_received(503, headers={"webhook-timestamp": "1772625600"})),
    ("sent and not claimed", "messages_are_signed_and_stay_the_same",
        in_table("alerts.deliveries", state("dead"), attempts=4)),
    ("recorded and not sent", "messages_are_signed_and_stay_the_same", without_received(503)),
    ("the farther first", "the_nearest_is_asked_first",
        in_table("alerts.rankings", always, ranked=backwards)),
    ("of one home the same again", "the_nearest_is_asked_first",
        in_table("alerts.rankings", lambda row: row["id"] == 5, ranked=the_second_first)),
    ("somebody is forgotten", "the_nearest_is_asked_first",
        in_table("alerts.rankings", always, ranked=lambda people: people[1:])),
    ("a false reason", "the_nearest_is_asked_first",
        in_table("alerts.rankings", always, left_out=lambda people: [
            one | {"reason": "committed"} for one in people])),
    ("somebody farther is asked", "the_nearest_is_asked_first",
        in_table("alerts.offers", always, interrupter_id=GOOD.rows("alerts.interrupters")[4]["id"])),
    ("the next is asked early", "nobody_is_asked_early",
        in_event("offer.made", reopen_the_first_offer, where=is_the_second)),
    ("bypassed without cause", "nobody_is_asked_early",
        in_table("alerts.offers", state("declined"), bypassed_at=lambda _: "2026-03-04T12:02:05+00:00")),
    ("expired before its time", "nobody_is_asked_early", in_event("offer.expired",
        lambda body: body["dispatch"]["offers"][-1].update(settled_at=body["dispatch"]["offers"][-1]["made_at"]))),
    ("less time than the policy's", "nobody_is_asked_early",
        in_table("alerts.offers", state("expired"), accept_by=later(-30))),
    ("a yes is lost", "no_answer_is_lost", without("alerts.assignments", state("cleared"))),
    ("a no is lost", "no_answer_is_lost", in_call("decline", "ok", offer_id=NOBODY)),
    ("clearing is lost", "no_answer_is_lost", in_table("alerts.assignments", state("cleared"), ended_at=None)),
    ("nobody said yes", "no_answer_is_lost", without_call("accept", "ok")),
    ("a page goes on", "no_answer_is_lost", in_table("alerts.pages", always, state="open")),
    ("a version is missing", "versions_follow_each_other", never_published("offer.delivered")),
    ("versions change places", "versions_follow_each_other", out_of_order("offer.accepted")),
    ("one version, two contents", "versions_follow_each_other",
        published_again("offer.made", lambda one: replace(one, value=(one.value or b"") + b" "))),
    ("one root, two partitions", "versions_follow_each_other",
        published_again("offer.made", lambda one: replace(one, partition=(one.partition + 1) % 12))),
    ("written, never published", "what_was_written_was_published", never_published("dispatch.closed")),
    ("published, never written", "what_was_written_was_published",
        without("alerts.outbox", lambda row: row["id"] == 20)),
    ("sent and not marked", "what_was_written_was_published", in_table("alerts.outbox", always, published_at=None)),
    ("a row nobody told of", "rows_are_what_was_told", in_table("alerts.offers", always, state="withdrawn")),
    ("a consumer is behind", "every_consumer_applied_everything",
        in_table("alerts.consumer_positions", always, next_offset=0)),
    ("applied twice", "every_consumer_applied_everything", another("reporting.applied", always)),
    ("skipped by the mark", "every_consumer_applied_everything", without("casework.applied", always)),
    ("a follow-up twice", "follow_ups_are_opened_once", another("casework.follow_ups", always, follow_up_id=NOBODY)),
    ("a follow-up is missing", "follow_ups_are_opened_once", without("casework.follow_ups", always)),
    ("an older response", "responses_are_the_newest",
        in_table("intake.responses", always, version=lambda old: old - 1)),
    ("counted twice", "reporting_counts_each_event_once",
        in_table("reporting.event_counts", always, count=lambda old: old + 1)),
    ("a fact is old", "reporting_counts_each_event_once",
        in_table("reporting.dispatch_facts", always, version=lambda old: old - 1)),
    ("another number", "numbers_equal_a_recount", answering("incidents", 1)),
    ("an unpublished event", "everything_drains", in_table("intake.outbox", always, published_at=None)),
    ("a message under way", "everything_drains", in_table("alerts.deliveries", always, state="attempting")),
    ("a deadline unseen", "everything_drains",
        in_table("alerts.dispatches", state("exhausted"), reconsider_at=later(-40000))),
    ("a letter nobody planted", "everything_drains",
        in_table("alerts.dead_letters", always, record_offset=lambda old: old - 1)),
    ("a consumer has stopped", "everything_drains",
        lambda one: replace(one, tables=one.tables | {"alerts.consumer_stop": ({"id": 1, "reason": "limit"},)})),
    ("a letter is not whole", "what_is_set_aside_is_kept_whole",
        in_table("casework.dead_letters", always, value="\\xff")),
    ("an alarm nobody told", "what_is_set_aside_is_kept_whole", in_table("alerts.alarms", always, subject="other")),
    ("an error called a no", "the_record_is_sound", in_call("accept", "ok", status=503)),
]  # fmt: skip


@pytest.mark.parametrize(("check", "spoil"), [pytest.param(*one[1:], id=one[0].replace(" ", "-")) for one in SPOILED])
def test_what_is_spoiled_is_seen(check: str, spoil: Spoil) -> None:
    red = {verdict.check for verdict in judge(spoil(GOOD)) if verdict.violations}
    assert check in red


def test_every_check_is_seen_red() -> None:
    assert {check for _, check, _ in SPOILED} == {verdict.check for verdict in judge(GOOD)}
