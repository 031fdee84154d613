"""Reporting's numbers, as it answers them, equal a count straight from the topics."""

from deploy.local.demo.recount import differences, recount
from deploy.local.demo.topics import Seen
from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import Evidence, Logged

NAME = "numbers_equal_a_recount"


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    letters = sum(".dlq" in record.topic for record in evidence.history.records)
    counted = recount([_seen(event) for event in evidence.logged], letters)
    reported = evidence.history.answers.get("reported", {})
    verdict.look(sum(1 for number in counted.values() if number))
    for difference in differences(counted, reported):
        verdict.demand(False, difference)
    return verdict


def _seen(event: Logged) -> Seen:
    return Seen(event.record.topic, event.id, event.kind, event.root, event.version, event.body)
