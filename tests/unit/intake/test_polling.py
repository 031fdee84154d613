"""What a poller remembers, and how long it waits."""

from pathlib import Path

import pytest

from services.intake.feeds.door import told_of
from services.intake.feeds.feed_state import FeedState, load_state, save_state
from services.intake.feeds.poll_crime import pause_s
from shared.kernel.errors import FieldError, Invalid

FEED = "https://police.example/crime.geojson"


def test_pauses_grow_with_each_failure_and_keep_what_the_server_asked() -> None:
    assert [pause_s(300, failures) for failures in (0, 1, 2, 3, 4, 50)] == [300, 600, 1200, 2400, 3600, 3600]
    assert pause_s(7200, 3) == 7200
    assert (pause_s(10, 1, 120), pause_s(10, 1, 5), pause_s(10, 1, 1e9)) == (120, 20, 3600)


def test_what_is_about_the_whole_of_a_message_is_told_without_a_pointer() -> None:
    errors = [{"pointer": "", "detail": "is not an EIDO"}, {"pointer": "/incidentComponent", "detail": "is missing"}]
    assert told_of({"errors": errors}) == "is not an EIDO; /incidentComponent is missing"
    assert str(Invalid(FieldError("", "is not an EIDO"))) == "is not an EIDO"


def test_what_was_remembered_is_known_again_and_of_this_feed_alone(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    state = FeedState(FEED, etag='"7"', last_modified="Sun, 01 Mar 2026 17:00:00 GMT", settled=["feed-1"])
    save_state(file, state)
    assert load_state(file, FEED) == state
    assert load_state(file, "https://other.example/") == FeedState("https://other.example/")
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b'{"etag": 1}', b'{"url": "x", "more": 1}', b"\xff"])
def test_a_damaged_memory_is_begun_afresh(tmp_path: Path, damaged: bytes) -> None:
    file = tmp_path / "state.json"
    file.write_bytes(damaged)
    assert load_state(file, FEED) == FeedState(FEED)
