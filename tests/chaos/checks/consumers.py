"""Every consumer has read every topic to its end and applied each root's newest version, and nothing beyond.

That each version was applied once is shown by what consumers count: see `follow_ups`, `responses` and `facts`.
"""

from collections import defaultdict

from shared.contracts.topics import SERVICES, consumed_by
from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import Evidence

NAME = "every_consumer_applied_everything"


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    ends: dict[tuple[str, int], int] = defaultdict(int)
    for record in evidence.history.records:
        at = (record.topic, record.partition)
        ends[at] = max(ends[at], record.offset + 1)
    for service in SERVICES:
        topics = {topic.name for topic in consumed_by(service)}
        _positions(evidence, verdict, service, {at: end for at, end in ends.items() if at[0] in topics})
        _applied(evidence, verdict, service, topics)
    return verdict


def _positions(evidence: Evidence, verdict: Verdict, service: str, ends: dict[tuple[str, int], int]) -> None:
    """The topic in the table may have the run's prefix before it."""
    rows = evidence.rows(f"{service}.consumer_positions")
    stored: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row in rows:
        for topic, partition in ends:
            if partition == row["partition"] and row["topic"].endswith(topic):
                stored[topic, partition].append(row["next_offset"])
    known = sum(map(len, stored.values())) + sum(row["next_offset"] == 0 for row in rows)
    verdict.expect(known >= len(rows), "a consumer is beyond what is on the topics", service)
    for at, end in ends.items():
        verdict.demand(stored[at] == [end], "a consumer is not at the end of a partition", service, *at, end)


def _applied(evidence: Evidence, verdict: Verdict, service: str, topics: set[str]) -> None:
    applied: dict[str, dict[str, int]] = defaultdict(dict)
    for row in evidence.rows(f"{service}.applied"):
        once = row["root"] not in applied[row["topic"]]
        verdict.demand(once, "a root is applied twice", service, row["topic"], row["root"])
        applied[row["topic"]][row["root"]] = row["version"]
    for topic in topics:
        last = {root: stream[-1].version for root, stream in evidence.streams[topic].items()}
        for root, version in last.items():
            same = applied[topic].get(root) == version
            verdict.demand(same, "a consumer applied another version than the last", service, topic, root)
        beyond = sorted(set(applied[topic]) - set(last))
        verdict.expect(not beyond, "a consumer applied what is not on the topic", service, topic, *beyond)
