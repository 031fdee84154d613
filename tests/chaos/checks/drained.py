"""After healing everything drains: nothing unpublished, set aside, half sent or overdue, and no dead letter unless the
run planted it. Overdue is judged by the clock of the database at the moment its rows were read.
"""

from shared.contracts.topics import SERVICES
from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import LIVE, Evidence, seconds
from tests.chaos.history import Row

NAME = "everything_drains"
# A job that looks every quarter of a second is behind, not stuck, within this.
GRACE_S = 5.0
# What nobody can be asked for is looked at again at least so often.
LOOK_AGAIN_S = 10.0


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    planted = set(evidence.run.planted)
    for service in SERVICES:
        for row in evidence.rows(f"{service}.outbox"):
            verdict.demand(row["published_at"], "an event was never published", service, row["id"])
            verdict.demand(row["set_aside_at"] is None, "an event was set aside", service, row["id"])
        for row in evidence.rows(f"{service}.dead_letters"):
            origin = f"{row['topic']}/{row['partition']}@{row['record_offset']}"
            verdict.demand(origin in planted, "a record was set aside that nobody planted", service, origin)
        stopped = evidence.rows(f"{service}.consumer_stop")
        verdict.expect(not stopped, "a consumer has stopped for good", service)
    _letters(evidence, verdict, planted)
    _deadlines(evidence, verdict)
    _deliveries(evidence, verdict)
    return verdict


def _letters(evidence: Evidence, verdict: Verdict, planted: set[str]) -> None:
    for record in evidence.history.records:
        if record.topic.endswith(".dlq"):
            topic, _, rest = record.headers.get("x-truce-origin", "").partition("/")
            origin = f"{topic}/{rest.replace('/', '@')}"
            verdict.demand(origin in planted, "a dead letter that nobody planted", record.place, origin)


def _deadlines(evidence: Evidence, verdict: Verdict) -> None:
    now = seconds(evidence.rows("alerts.clock")[0]["app_now"])
    waiting: list[tuple[str, Row, str]] = [
        *(("offer", row, "next_action_at") for row in evidence.rows("alerts.offers") if row["state"] in LIVE),
        *(("page", row, "next_action_at") for row in evidence.rows("alerts.pages") if row["state"] == "open"),
        *(("dispatch", row, "reconsider_at") for row in evidence.rows("alerts.dispatches")),
    ]
    for what, row, column in waiting:
        due = row[column]
        overdue = due is not None and seconds(due) < now - GRACE_S
        verdict.demand(
            not overdue, f"a deadline of this {what} has passed unseen", row.get("id", row.get("incident_id"))
        )
        far = due is not None and seconds(due) > now + GRACE_S + _longest_s(what, row)
        verdict.demand(not far, f"a deadline of this {what} is too far off", row.get("id", row.get("incident_id")))
    unheard = evidence.rows("alerts.reconsideration_requests")
    verdict.expect(not unheard, "a request to look again was not heard")


def _longest_s(what: str, row: Row) -> float:
    """How far ahead the next look at it may lie."""
    if what == "dispatch":
        return LOOK_AGAIN_S
    return float(row["repeat_s"]) if what == "page" else seconds(row["accept_by"]) - seconds(row["made_at"])


def _deliveries(evidence: Evidence, verdict: Verdict) -> None:
    now = seconds(evidence.rows("alerts.clock")[0]["at"])
    for row in evidence.rows("alerts.deliveries"):
        verdict.demand(row["state"] != "attempting", "a delivery is still attempting", row["id"])
        due = row["next_attempt_at"]
        overdue = due is not None and seconds(due) < now - GRACE_S
        verdict.demand(not overdue, "a delivery is overdue", row["id"])
