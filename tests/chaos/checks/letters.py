"""What cannot be applied is kept whole: each dead letter is its record's bytes, in the table and on its topic, and an
alarm stands. Alarms are told as they are kept.
"""

from shared.contracts.topics import SERVICES
from tests.chaos.checks.verdict import Verdict
from tests.chaos.evidence import Evidence

NAME = "what_is_set_aside_is_kept_whole"


def check(evidence: Evidence) -> Verdict:
    verdict = Verdict(NAME)
    for service in SERVICES:
        _letters(evidence, verdict, service)
        _alarms(evidence, verdict, service)
    return verdict


def _letters(evidence: Evidence, verdict: Verdict, service: str) -> None:
    records = {record.place: record for record in evidence.history.records}
    sent = {record.key: record for record in evidence.history.records if record.topic.endswith(f".{service}.dlq")}
    rows = evidence.by(f"{service}.dead_letters", "id")
    verdict.expect(rows.keys() == sent.keys(), "dead letters and their topic differ", service, *sorted(rows, key=str))
    for letter, row in rows.items():
        origin = records.get(f"{row['topic']}/{row['partition']}@{row['record_offset']}")
        verdict.demand(origin, "a dead letter of no record", service, letter)
        if origin is None or letter not in sent:
            continue
        kept = bytes.fromhex((row["value"] or "\\x").removeprefix("\\x"))
        whole = kept == (origin.value or b"") == (sent[letter].value or b"")
        verdict.demand(whole, "a dead letter is not its record's bytes", service, letter, origin.place)
        told = sent[letter].headers.get("x-truce-origin")
        place = f"{row['topic']}/{row['partition']}/{row['record_offset']}"
        verdict.demand(told == place, "a dead letter tells of another place", service, letter)
        alarmed = any(
            (alarm["alarm"], alarm["subject"]) == ("dead_letter", row["topic"])
            for alarm in evidence.rows(f"{service}.alarms")
        )
        verdict.demand(alarmed, "a record was set aside and nobody was told", service, letter)


def _alarms(evidence: Evidence, verdict: Verdict, service: str) -> None:
    told = {root: one for root, one in evidence.newest("operations.alarms").items() if one.get("service") == service}
    kept = {f"{row['service']}/{row['alarm']}/{row['subject']}": row for row in evidence.rows(f"{service}.alarms")}
    verdict.expect(
        kept.keys() == told.keys(), "alarms are not those that were told", service, *sorted(kept.keys() ^ told.keys())
    )
    for root in kept.keys() & told.keys():
        row, one = kept[root], told[root]
        same = (row["version"], row["state"]) == (one["version"], one["state"]) and row["count"] >= one["count"]
        verdict.demand(same, "an alarm is not what was told", root)
