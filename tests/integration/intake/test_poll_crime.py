"""The crime feed looked at again and again: only what is new goes in, whatever goes away in between."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from deploy.local.ports import free_ports
from services.intake.feeds import poll_crime
from services.intake.feeds.bearer import bearer_of
from services.intake.feeds.poll_crime import CrimePoller, pause_s
from services.intake.feeds.polling import look_and_say
from tests.support.gates import gate_before
from tests.support.served_intake import Served
from tests.unit.intake.feed_messages import eido, eido_incident, feature


class Feed:
    """A server that knows its versions; `away` is the answer in place of the feed. `by_time`: it tells them apart by
    when each was made, and not by a tag.
    """

    def __init__(self) -> None:
        self.features: list[dict[str, Any]] = []
        self.version = 0
        self.by_time = False
        self.asked = 0
        self.away: web.Response | None = None
        self.url = ""

    def publish(self, *features: dict[str, Any]) -> None:
        self.features += features
        self.version += 1

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.away is not None:
            return self.away
        told, asked, version = "ETag", "If-None-Match", f'"{self.version}"'
        if self.by_time:
            told, asked, version = "Last-Modified", "If-Modified-Since", f"Sun, 01 Mar 2026 17:00:0{self.version} GMT"
        if request.headers.get(asked) == version:
            return web.Response(status=304)
        body = json.dumps({"type": "FeatureCollection", "features": self.features})
        return web.Response(text=body, headers={told: version})


@pytest.fixture
async def feed() -> AsyncIterator[Feed]:
    made, port = Feed(), free_ports(1)[0]
    app = web.Application()
    app.router.add_get("/crime.geojson", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    made.url = f"http://127.0.0.1:{port}/crime.geojson"
    try:
        yield made
    finally:
        await runner.cleanup()


async def test_only_what_is_new_goes_in_whatever_goes_away_in_between(
    feed: Feed, served: Served, tmp_path: Path
) -> None:
    said: list[str] = []
    state = tmp_path / "state.json"
    poller = CrimePoller(feed.url, served.url, lambda: served.token, state, give_up_after_s=0.2)
    nowhere = f"http://127.0.0.1:{free_ports(1)[0]}"
    nobody = CrimePoller(feed.url, nowhere, lambda: served.token, state, give_up_after_s=0.2)
    feed.publish(feature(CCN="1"), feature(CCN="2", OFFENSE="HOMICIDE"), feature(CCN="3", LATITUDE=0))

    assert await look_and_say(nobody, 300, 0, said.append) == (1, 600)
    assert await look_and_say(poller, 300, 1, said.append) == (0, 300)
    assert "0 known already, 2 opened" in said[-1]
    assert "row 3: LATITUDE" in said[-1]
    assert await look_and_say(poller, 300, 0, said.append) == (0, 300)
    assert said[-1] == "not modified"

    feed.publish(feature(CCN="4"))
    await look_and_say(poller, 300, 0, said.append)
    assert "2 known already, 1 opened" in said[-1]

    feed.away = web.Response(status=503, headers={"Retry-After": "900"})
    assert await look_and_say(poller, 300, 0, said.append) == (1, 900)
    assert said[-1] == "failed: the feed answered 503; next look in 900 s"
    feed.away = None

    state.unlink()
    await look_and_say(poller, 300, 0, said.append)
    assert "0 known already, 0 opened, 0 attached, 0 screened out, 3 repeated" in said[-1]
    assert (await served.of_own("count(*) AS n"))["n"] == 3


async def test_a_server_that_knows_times_alone_is_asked_by_them_and_one_without_end_is_left(
    feed: Feed, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    poller = CrimePoller(feed.url, served.url, lambda: served.token, tmp_path / "state.json", give_up_after_s=0.2)
    feed.by_time = True
    for number, expected in ((1, "0 known already, 1 opened"), (2, "1 known already, 1 opened")):
        feed.publish(feature(CCN=f"{number}"))
        for line in (expected, "not modified"):
            await look_and_say(poller, 300, 0, said.append)
            assert said[-1].startswith(line)
    monkeypatch.setattr(poll_crime, "LARGEST_BYTES", 100)
    feed.publish(feature(CCN="3"))
    assert await look_and_say(poller, 300, 0, said.append) == (1, 600)
    assert said[-1].startswith("failed: the feed is larger than 100 bytes")
    assert (await served.of_own("count(*) AS n"))["n"] == 2


NO_FEEDS = {
    "a page": "<html><body>Down for maintenance</body></html>",
    "nothing": "",
    "an error": '{"error": {"code": 500}}',
    "no collection": '{"type": "FeatureCollection"}',
    "cut off": '{"type": "FeatureCollection", "features": [{"type": "Fea',
    "other columns": "CCN,OFFENSE\n1,HOMICIDE\n",
    "another collection": '{"features": [{"properties": {"WARD": 1}}]}',
}


async def test_what_is_no_feed_is_a_failed_look_and_nothing_is_forgotten(
    feed: Feed, served: Served, tmp_path: Path
) -> None:
    said: list[str] = []
    state = tmp_path / "state.json"
    poller = CrimePoller(feed.url, served.url, lambda: served.token, state)
    feed.publish(feature(CCN="1"))
    await look_and_say(poller, 300, 0, said.append)
    known = state.read_bytes()
    for failures, body in enumerate(NO_FEEDS.values()):
        feed.away = web.Response(text=body, headers={"ETag": '"of the page"'})
        wait_s = pause_s(300, failures + 1)
        assert await look_and_say(poller, 300, failures, said.append) == (failures + 1, wait_s)
        assert said[-1].startswith("failed: what the feed gave is no crime feed: ")
        assert said[-1].endswith(f"; next look in {wait_s:g} s")
        assert state.read_bytes() == known
    feed.away = None
    assert await look_and_say(poller, 300, 9, said.append) == (0, 300)
    assert said[-1] == "not modified"


@pytest.mark.parametrize("status", [401, 403, 500, 501])
async def test_what_intake_did_not_take_in_mid_look_is_reported_when_it_takes_again(
    feed: Feed, served: Served, tmp_path: Path, status: int
) -> None:
    said: list[str] = []
    feed.publish(*(feature(CCN=f"{number}") for number in range(1, 7)))
    async with gate_before(served.url) as gate:
        poller = CrimePoller(feed.url, gate.url, lambda: served.token, tmp_path / "state.json", give_up_after_s=0.2)
        gate.shut, gate.passes = status, 2
        assert await look_and_say(poller, 300, 0, said.append) == (1, 600)
        assert f" answered {status}" in said[-1]
        assert await look_and_say(poller, 300, 1, said.append) == (2, 1200), "the version is not known as read"
        gate.shut = None
        assert await look_and_say(poller, 300, 2, said.append) == (0, 300)
    assert (await served.of_own("count(*) AS n"))["n"] == 6


async def test_a_token_that_is_renewed_and_a_source_that_is_admitted_again_lose_nothing(
    feed: Feed, served: Served, tmp_path: Path
) -> None:
    said: list[str] = []
    token = tmp_path / "token"
    poller = CrimePoller(feed.url, served.url, bearer_of(f"@{token}"), tmp_path / "state.json")
    feed.publish(feature(CCN="1"))
    for words, why in ((None, "cannot be read"), ("", "holds no token"), ("outdated", "401: The token is not")):
        if words is not None:
            token.write_text(words)
        assert await look_and_say(poller, 300, 0, said.append) == (1, 600)
        assert why in said[-1]
    token.write_text(f"{served.token}\n")
    await look_and_say(poller, 300, 0, said.append)
    assert "1 opened" in said[-1]

    feed.publish(feature(CCN="2"))
    await served.office_decides("revoke")
    assert await look_and_say(poller, 300, 0, said.append) == (1, 600)
    assert "403: This source was revoked" in said[-1]
    await served.office_decides("readmit")
    assert await look_and_say(poller, 300, 0, said.append) == (0, 300)
    assert "1 known already, 1 opened" in said[-1]


async def test_the_verbs_look_and_say_and_send_files_and_say_what_became_of_them(
    feed: Feed, served: Served, tmp_path: Path
) -> None:
    feed.publish(feature(CCN="1"))
    state = str(tmp_path / "state.json")
    once = ("poll-crime", feed.url, "--once", "--state", state, "--url", served.url)
    code, out, _ = await served.run(*once)
    assert (code, out.splitlines()[0][:25]) == (0, "0 known already, 1 opened")
    assert await served.run(*once, token="@/nope") == (  # also where nothing in the feed is new
        2,
        "failed: The token's file cannot be read (FileNotFoundError).\n",
        "",
    )
    feed.away = web.Response(status=503, headers={"Retry-After": "900"})
    assert await served.run(*once) == (2, "failed: the feed answered 503\n", "")
    feed.away = web.Response(text="<html>Down for maintenance</html>")
    code, out, _ = await served.run(*once)
    assert (code, out.splitlines()[0][:48]) == (2, "failed: what the feed gave is no crime feed: OFF")
    feed.away, asked = None, feed.asked
    for nowhere in (tmp_path / "none" / "x.json", tmp_path / "state.json" / "x.json"):
        code, out, err = await served.run(*once[:3], "--state", str(nowhere), "--url", served.url)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
        assert err.startswith(f"Nothing can be remembered in {nowhere} (")
    code, out, err = await served.run("poll-crime", "notaurl")
    assert (code, out, err) == (2, "", "notaurl is no address: one begins with http:// or https://.\n")
    assert feed.asked == asked, "refused before anything is asked"
    bad, good = tmp_path / "bad.json", tmp_path / "good.json"
    bad.write_text("{}")
    good.write_text(json.dumps({"detections": [{"at": "2026-03-01T23:10:00Z", "lat": 38.9312, "lon": -77.023}]}))
    code, out, _ = await served.run("send", "gunshots", str(good), "--url", served.url)
    assert (code, out) == (0, "good.json: opened\n")
    code, out, _ = await served.run("send", "eido", str(bad), "--url", served.url)
    assert (code, out) == (1, "bad.json: refused: /incidentComponent must be one to 50 incidents\n")
    bad.write_text(json.dumps(eido(incidentComponent=[eido_incident(), eido_incident(incidentTrackingIdentifier=...)])))
    code, out, _ = await served.run("send", "eido", str(bad), "--url", served.url)
    assert code == 1
    assert out.splitlines() == [
        "bad.json: incident 1: opened",
        "bad.json: incident 2: refused: /incidentComponent/1/incidentTrackingIdentifier is missing",
    ]
