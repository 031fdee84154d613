"""A real week of the police's file through the real door: a served API, the command as a process of its own."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from deploy.local.ports import free_ports
from services.intake.feeds.dc_crime import read_dc_crime
from services.intake.feeds.door import CannotReach
from services.intake.feeds.post import Outcome, Posted, post_reports
from services.intake.feeds.reading import ReadReport
from services.intake.programme import load_programme
from tests.support.intake import DC, Intake
from tests.support.waiting import eventually

WEEK = DC / "demo_week.csv"


@dataclass
class Served:
    intake: Intake
    url: str
    token: str

    async def run(self, *words: str, token: str | None = None, url: str | None = None) -> tuple[int, str, str]:
        """`python -m services.intake …`: exit code, output, errors."""
        where = ("--url", url or self.url) if words[0] == "import-crime" else ()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.intake", *words, *where,
            env=environment(self.intake) | {"TRUCE_TOKEN": self.token if token is None else token},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()


def environment(intake: Intake, port: int = 0) -> dict[str, str]:
    settings = intake.deployment.settings("intake")
    return os.environ | {
        "TRUCE_INTAKE_POSTGRES_DSN": settings.postgres_dsn.get_secret_value(),
        "TRUCE_INTAKE_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "TRUCE_INTAKE_OIDC_ISSUER": settings.oidc_issuer,
        "TRUCE_INTAKE_HTTP_PORT": str(port),
    }


@pytest.fixture
async def served(intake: Intake, tmp_path: Path) -> AsyncIterator[Served]:
    port = free_ports(1)[0]
    with (tmp_path / "api.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.intake", "api", env=environment(intake, port), stdout=log, stderr=log
        )
    try:
        token = intake.deployment.token("source", sub="police-feed", source_kind="police")
        url = f"http://127.0.0.1:{port}"
        await eventually(lambda: answers(f"{url}/readyz"), within_s=30)
        yield Served(intake, url, token)
    finally:
        process.terminate()
        await process.wait()


async def answers(url: str) -> bool:
    try:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


async def test_a_week_goes_in_once_and_again_adds_nothing(served: Served) -> None:
    code, out, err = await served.run("import-crime", str(WEEK))
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "reports  59: 59 opened, 0 attached, 0 screened out, 0 repeated, 0 refused"
    assert out.splitlines()[1].startswith("skipped  ")
    assert "not_violent" in out
    before, events = await served.intake.counts(), await served.intake.events()
    assert (before["incidents"], before["reports"]) == (59, 59)
    assert events == [("opened", 1)] * 59  # a week years ago pages nobody

    code, out, _ = await served.run("import-crime", str(WEEK))
    assert code == 0
    assert out.splitlines()[0] == "reports  59: 0 opened, 0 attached, 0 screened out, 59 repeated, 0 refused"
    assert await served.intake.counts() == before

    # Identical rows are victims of one incident.
    async with served.intake.db.transaction() as tx:
        row = await tx.row("SELECT count(*) AS homicides, sum(killed) AS killed FROM incidents WHERE kind = 'homicide'")
    assert tuple(row.values()) == (7, 8)


async def test_moved_to_now_the_fresh_ones_activate_and_dates_do_not(served: Served) -> None:
    code, out, _ = await served.run("import-crime", str(WEEK), "--shift-to-now")
    assert (code, out.splitlines()[0].split(":")[0]) == (0, "reports  59")
    async with served.intake.db.transaction() as tx:
        rows = await tx.rows(
            "SELECT state, occurred_precision, occurred_at > app_now() - interval '6 hours' AS fresh, "
            "kind IN ('homicide', 'shooting', 'stabbing') AS automatic FROM incidents"
        )
    assert any(row["state"] == "activated" for row in rows)
    for row in rows:
        expected = row["fresh"] and row["automatic"] and row["occurred_precision"] != "day"
        assert (row["state"] == "activated") is expected


async def test_broken_rows_are_listed_and_the_good_ones_go_in(served: Served, tmp_path: Path) -> None:
    lines = WEEK.read_bytes().splitlines(keepends=True)
    lines[3] = b"\x00 broken\n"
    lines.insert(10, b'22999999,"unclosed\n')
    damaged = tmp_path / "damaged week.csv"
    damaged.write_bytes(b"".join(lines))
    code, out, _ = await served.run("import-crime", str(damaged))
    assert code == 1
    assert "broken   2" in out
    assert "  line 4: contains a NUL byte" in out
    assert "  line 11: " in out
    assert (await served.intake.counts())["incidents"] >= 57


async def test_where_nothing_answers_one_sentence_says_so(served: Served) -> None:
    code, out, err = await served.run("import-crime", str(WEEK), url=f"http://127.0.0.1:{free_ports(1)[0]}")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "Nothing answers at http://127.0.0.1" in err


async def test_a_token_that_is_not_accepted_is_said(served: Served) -> None:
    code, _, err = await served.run("import-crime", str(WEEK), token="not-a-token")
    assert (code, err.splitlines()) == (2, [f"{served.url} answered 401: The token is not accepted."])


async def test_the_programme_is_loaded_by_a_verb(served: Served, tmp_path: Path) -> None:
    assert (await served.run("load-programme", str(DC)))[:2] == (0, "dc_onse: version 1 unchanged, 0 areas defined\n")
    code, _, err = await served.run("load-programme", str(tmp_path))
    assert (code, len(err.splitlines())) == (1, 1)


@pytest.fixture
def week() -> list[ReadReport]:
    with WEEK.open("rb") as stream:
        return [read for read in read_dc_crime(stream, load_programme(DC).city) if isinstance(read, ReadReport)]


class Line:
    """A line to the service on which, for each key, the first answers get lost after they were made."""

    def __init__(self, url: str, losing: list[str]) -> None:
        self._url = url
        self._losing = losing
        self._lost: dict[str, int] = {}
        self.passed = 0

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        key = request.headers.get("Idempotency-Key", "")
        names = ("Authorization", "Content-Type", "Idempotency-Key")
        headers = {name: request.headers[name] for name in names if name in request.headers}
        async with aiohttp.ClientSession() as session:
            answer = await session.request(
                request.method, self._url + request.path, data=await request.read(), headers=headers
            )
            body = await answer.read()
        self.passed += 1
        how = dict(enumerate(self._losing)).get(self._lost.get(key, 0), "none")
        self._lost[key] = self._lost.get(key, 0) + 1
        if how == "hang up" and request.transport is not None:
            request.transport.abort()
        if how.isdigit():
            return web.json_response({}, status=int(how), headers={"Retry-After": "1"})
        replayed = {"Idempotency-Replayed": "true"} if "Idempotency-Replayed" in answer.headers else {}
        return web.Response(body=body, status=answer.status, content_type="application/json", headers=replayed)


async def test_answers_that_get_lost_are_asked_for_again_and_add_nothing(
    served: Served, week: list[ReadReport]
) -> None:
    line, results = Line(served.url, ["hang up", "503", "429"]), list[Posted]()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", line.pass_on)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = free_ports(1)[0]
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        tally = await post_reports(
            week[:8], url=f"http://127.0.0.1:{port}", token=served.token, on_result=results.append
        )
    finally:
        await runner.cleanup()
    assert tally.counts == {Outcome.REPEATED: 8}
    assert line.passed == 8 * 4
    assert {posted.report.idempotency_key for posted in results} == {report.idempotency_key for report in week[:8]}
    assert (await served.intake.counts())["incidents"] == 8


async def test_reports_may_come_at_their_own_pace(served: Served, week: list[ReadReport]) -> None:
    results = list[Posted]()

    async def paced() -> AsyncIterator[ReadReport]:
        for number, report in enumerate(week[:6]):
            before = number - 1
            await eventually(lambda before=before: answered(before))
            yield report

    async def answered(number: int) -> bool:
        return len(results) > number

    tally = await post_reports(paced(), url=served.url, token=served.token, on_result=results.append)
    assert tally.counts == {Outcome.OPENED: 6}
    assert [posted.report for posted in results] == week[:6]


async def test_a_refusal_tells_why_and_the_others_go_in(served: Served, week: list[ReadReport]) -> None:
    bodies: list[Any] = [json.loads(json.dumps(report.body)) for report in week[:3]]
    bodies[1]["killed"] = -1
    reports = [ReadReport(report.lines, report.victims, body) for report, body in zip(week, bodies, strict=False)]
    results = list[Posted]()
    tally = await post_reports(reports, url=served.url, token=served.token, on_result=results.append)
    assert tally.counts == {Outcome.OPENED: 2, Outcome.REFUSED: 1}
    (refused,) = [posted for posted in results if posted.outcome is Outcome.REFUSED]
    assert refused.refusal().startswith("/killed ")


async def test_a_service_that_stays_away_ends_the_posting(week: list[ReadReport]) -> None:
    url = f"http://127.0.0.1:{free_ports(1)[0]}"
    with pytest.raises(CannotReach):
        await post_reports(week, url=url, token="t", on_result=lambda _: None, give_up_after_s=0.5)
