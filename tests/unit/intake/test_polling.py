"""What a poller remembers, and how long it waits."""

import json
from pathlib import Path

import pytest

from services.intake.feeds.door import is_address, told_of
from services.intake.feeds.feed_state import FeedState, check_state, load_state, save_state
from services.intake.feeds.poll_crime import CrimePoller, Looked, pause_s
from services.intake.feeds.polling import look_and_say, look_once
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


OF_OTHER_TYPES = [
    json.dumps({"url": FEED} | said).encode()
    for said in ({"settled": None}, {"settled": [1]}, {"settled": "feed-1"}, {"etag": 1}, {"last_modified": ["Sun"]})
]


@pytest.mark.parametrize(
    "damaged", [b"", b"{", b"[]", b'{"etag": 1}', b'{"url": "x", "more": 1}', b"\xff", *OF_OTHER_TYPES]
)
def test_a_damaged_memory_is_begun_afresh(tmp_path: Path, damaged: bytes) -> None:
    file = tmp_path / "state.json"
    file.write_bytes(damaged)
    assert load_state(file, FEED) == FeedState(FEED)


async def test_where_nothing_can_be_remembered_that_is_a_failed_look(tmp_path: Path) -> None:
    class Full(CrimePoller):
        async def look(self) -> Looked:
            save_state(tmp_path / "gone" / "state.json", FeedState(FEED))
            return Looked(modified=True)

    said: list[str] = []
    poller = Full(FEED, "http://127.0.0.1:9", str, tmp_path / "gone" / "state.json")
    assert await look_and_say(poller, 300, 0, said.append) == (1, 600)
    assert not await look_once(poller, said.append)
    assert all(line.startswith("failed: Nothing can be remembered in ") for line in said)


def test_where_something_can_be_remembered_nothing_is_left_behind(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    check_state(file)
    save_state(file, FeedState(FEED))
    check_state(file)
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


@pytest.mark.parametrize(
    "said", ["notaurl", "", "ftp://police.example/x", "http://", "https:///x", "http://[x/", "http://x:y/"]
)
def test_what_is_no_address_is_known_as_such(said: str) -> None:
    assert not is_address(said)
    assert is_address("HTTPS://police.example:8443/crime.csv?year=2026")
