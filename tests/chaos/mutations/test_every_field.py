"""A good history holds; and whatever single line or field of it is changed, some check sees it.

What is not seen is listed with its reason, and the list is exact: an excuse that is no longer needed fails as well.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos import check
from tests.chaos.evidence import Evidence
from tests.chaos.history import History, Recorder, read
from tests.chaos.judge import ALL_CHECKS, MAY_HAVE_NOTHING, judge, judged
from tests.chaos.mutations.good import good_history
from tests.chaos.mutations.mutate import Mutation, mutations

GOOD = good_history()
GROUPS = ("call", "received", "record", "row intake", "row alerts", "row casework", "row reporting")
EQUAL = "any 2xx is the same yes"
UNKNOWN = "a call that was never answered explains and demands nothing"
WORDS = "a word for people"
TIMES = "a time that orders nothing: nothing is promised about it"
NAMES = "exchanging two opaque ids changes nothing that is told"
SURVIVES: dict[tuple[str, str], str] = {
    **{
        (f"call {op} ok", "status"): EQUAL
        for op in ("accept", "acknowledge", "clear", "decline", "en_route", "on_scene", "page_acknowledge")
    },
    **{("call report info", deed): UNKNOWN for deed in ("actor", "body", "drop", "key")},
    ("call report ok", "drop"): "its retry, which was never answered, explains what is there",
    ("call page_acknowledge ok", "actor"): "any desk may acknowledge",
    ("record nonsense", "headers ce_type"): "what the run planted is not judged, only that it is kept whole",
    ("record nonsense", "key"): "what the run planted is not judged, only that it is kept whole",
    **{(f"row {service}.alarms raised", "count"): "it rises without an event" for service in ("alerts", "casework")},
    ("row reporting.alarms raised", "count"): "it rises without an event",
    ("row alerts.deliveries cancelled", "attempts"): "a sender that dies after claiming makes no attempt",
    ("row alerts.deliveries delivered", "attempts"): "a sender that dies after claiming makes no attempt",
    ("row alerts.deliveries delivered", "created_at"): TIMES,
    ("row alerts.deliveries delivered", "settled_at"): TIMES,
    ("row alerts.delivery_attempts", "took_ms"): TIMES,
    ("row alerts.webhook_endpoints", "created_at"): TIMES,
    ("row alerts.pages acknowledged", "settled_at"): TIMES,
    ("row alerts.rankings", "cause"): WORDS,
    ("row casework.programmes", "version"): "there is one",
    ("row intake.reports", "content_sha256"): "a hash that only its maker reads",
    **{(f"row {service}.outbox", "published_at"): TIMES for service in ("intake", "alerts", "casework", "reporting")},
    **{
        (f"row {table}", "swap"): NAMES
        for table in (
            "alerts.rankings",
            "alerts.outbox",
            "casework.outbox",
            "casework.follow_ups open",
            "reporting.outbox",
        )
    },
}


def red(history: History, order: list[str]) -> str | None:
    """A check that sees it. It goes to the front of `order`: who saw one change of a line mostly sees the next."""
    evidence = Evidence(history)
    for at, name in enumerate(order):
        if judged(name, evidence).violations:
            order.insert(0, order.pop(at))
            return name
    return None


def of_group(group: str) -> Iterator[Mutation]:
    return (one for one in mutations(GOOD) if one.kind.startswith(group))


def test_a_good_history_holds_and_every_check_had_something_to_look_at() -> None:
    verdicts = judge(GOOD)
    assert [str(violation) for verdict in verdicts for violation in verdict.violations] == []
    assert min(verdict.looked_at for verdict in verdicts) > 0


@pytest.mark.parametrize("group", GROUPS)
def test_every_change_of_one_line_is_seen(group: str) -> None:
    order = list(ALL_CHECKS)
    unseen = {(one.kind, one.deed) for one in of_group(group) if red(one.history, order) is None}
    assert unseen == {key for key in SURVIVES if key[0].startswith(group)}


def test_each_group_has_material() -> None:
    counts = {group: sum(1 for _ in of_group(group)) for group in GROUPS}
    assert min(counts.values()) > 30, counts
    assert sum(counts.values()) == sum(1 for _ in mutations(GOOD))


def test_an_empty_history_proves_nothing() -> None:
    empty = replace(GOOD, calls=(), received=(), records=(), tables=dict.fromkeys(GOOD.tables, ()), answers={})
    assert {verdict.check for verdict in judge(empty) if verdict.violations} == set(ALL_CHECKS) - MAY_HAVE_NOTHING


def test_a_folder_says_what_the_history_says(tmp_path: Path) -> None:
    Recorder(tmp_path / "good").history(GOOD)
    assert read(tmp_path / "good") == GOOD
    assert check.main([str(tmp_path / "good")]) == 0
    Recorder(tmp_path / "bad").history(replace(GOOD, received=GOOD.received[1:]))
    assert check.main([str(tmp_path / "bad")]) == 1
    assert check.main([str(tmp_path / "none")]) == 2


def test_what_was_seen_is_printed_with_its_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Recorder(tmp_path).history(replace(GOOD, received=GOOD.received[1:]))
    check.main([str(tmp_path)])
    told = capsys.readouterr().out
    assert all(name in told for name in ALL_CHECKS)
    assert "messages_are_signed_and_stay_the_same: an answered attempt reached nobody" in told
